// How far the experts of a panel differ on one picture, computed from their scores. Plain C++.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Mean, spread and votes of a group of experts. Muted experts (weight 0) are ignored.
struct ScoreFigures {
    int experts = 0;    ///< not muted
    double mean = 0;    ///< weighted
    double spread = 0;  ///< population standard deviation, weighted
    double lowest = 0;
    double highest = 0;
    double range = 0;    ///< highest - lowest
    int fake_votes = 0;  ///< scores at or above the threshold
    int real_votes = 0;
    /// H(mean) - mean of H(score), in bits, with H(p) = -p log2 p - (1-p) log2 (1-p) and H(0) =
    /// H(1) = 0. Both means use the same weights. 0 when all experts agree; 1 when half say 0 and
    /// half say 1. It measures how much knowing the expert would tell about the answer: experts
    /// that are all unsure (scores near 0.5) do not disagree, experts that are each sure of
    /// different answers do.
    double mutual_information = 0;
};

struct ArchitectureFigures {
    std::string architecture;
    ScoreFigures figures;
};

struct Disagreement : ScoreFigures {
    double threshold = kVoteThreshold;
    std::size_t question = 0;  ///< the panel's question that the figures are about
    /// Lowest and highest panel score with one expert left out. Muted experts are ignored.
    double without_lowest = 0;
    double without_highest = 0;
    /// Experts whose removal moves the panel's score across the threshold, in order.
    std::vector<std::string> flipped_by;
    /// One group per architecture, in order of first appearance. Architectures with only muted
    /// experts are omitted.
    std::vector<ArchitectureFigures> architectures;
};

/// Figures of a combined opinion (see `combine`), of the experts of its leading question. All zero
/// for an empty opinion.
[[nodiscard]] Disagreement disagreement_of(const PanelOpinion& opinion,
                                           double threshold = kVoteThreshold);

/// The question on which the experts disagree most, by mutual information, of those with an
/// assessment; the first of equals. All zero when no question has one.
[[nodiscard]] Disagreement largest_disagreement(const PanelOpinion& opinion,
                                                double threshold = kVoteThreshold);

}  // namespace dfd
