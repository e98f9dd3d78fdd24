// How far the experts of a panel differ about one picture: figures from their scores alone.
#pragma once

#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Mean, spread and votes of some of the experts. Experts that are muted (weight 0) do not count.
struct ScoreFigures {
    int experts = 0;    ///< that count
    double mean = 0;    ///< weighted
    double spread = 0;  ///< population standard deviation, weighted
    double lowest = 0;
    double highest = 0;
    double range = 0;    ///< highest - lowest
    int fake_votes = 0;  ///< scores at or above the threshold: a tie is a vote for fake
    int real_votes = 0;
    /// H(mean) - mean of H(score), in bits, with H(p) = -p log2 p - (1-p) log2 (1-p), H(0) = H(1)
    /// = 0, and the same weights in both means. 0 when all say the same, 1 when one half says 0 and
    /// the other 1. How much naming an expert would tell about the answer: experts that are
    /// each unsure (all near 0.5) do not disagree by it, experts that are each sure do.
    double mutual_information = 0;
};

struct ArchitectureFigures {
    std::string architecture;
    ScoreFigures figures;
};

struct Disagreement : ScoreFigures {
    double threshold = kVoteThreshold;
    /// Lowest and highest score of the panel with one expert left out, over the experts that count.
    double without_lowest = 0;
    double without_highest = 0;
    /// Experts without whom the panel's score is on the other side of the threshold, in order.
    std::vector<std::string> flipped_by;
    /// The experts grouped, in order of first appearance; groups that are muted are left out.
    std::vector<ArchitectureFigures> architectures;
};

/// Of a combined opinion (`combine`). Of an empty one everything is 0.
[[nodiscard]] Disagreement disagreement_of(const PanelOpinion& opinion,
                                           double threshold = kVoteThreshold);

}  // namespace dfd
