// Explains an expert that cannot be looked into: by the map that it makes itself, or else by how
// much its answer changes when a part of what it reads is made unrecognisable. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/engine/scoring/explanation.h"
#include "core/panel/foreign/foreign_expert.h"

namespace dfd {

/// An expert and what it said of one picture.
struct OccludedExpert {
    ForeignExpert& expert;
    const Pixels& picture;
    std::vector<View> views;
    std::vector<ForeignAnswer> answers;  ///< one per view

    /// The calibrated log-odds of "fake".
    [[nodiscard]] double log_odds() const { return log_odds_of(answers); }
    /// The same of other answers to the views.
    [[nodiscard]] double log_odds_of(std::span<const ForeignAnswer> given) const;
};

/// Asks the expert about the picture. Throws NoOpinion, Cancelled.
[[nodiscard]] OccludedExpert ask(ForeignExpert& expert, const Pixels& picture,
                                 const std::stop_token& stop);

struct Occlusion {
    ContributionMap map;  ///< of the picture
    std::optional<DeletionTest> test;
};
inline constexpr int kOcclusionCells = 7;

/// The expert's own map, or a map of occlusion with at most kOcclusionCells cells along a view's
/// longer side; and its deletion test if wanted. `towards` is 1 for what makes the picture fake, -1
/// for real. For a map of occlusion the expert is asked once for each cell, for the test 35 times,
/// about ForeignExpert::batch() of them at once; `progress` is called after each, when nothing is
/// running. Throws NoOpinion, Cancelled, and what `progress` throws.
[[nodiscard]] Occlusion occlude(const OccludedExpert& asked, double towards, bool test,
                                std::uint32_t seed, const std::stop_token& stop,
                                const ExpertProgress& progress = {});

}  // namespace dfd
