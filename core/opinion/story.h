// What a panel thinks of one picture, in a few plain sentences. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/opinion/disagreement.h"
#include "core/opinion/firmness.h"
#include "core/opinion/opinion.h"

namespace dfd {

/// Sentences in a fixed order, each there only when its number is:
///  - combination: experts that are muted or weighted, by name (not the reference combination);
///  - verdict: the panel's score and band, the votes, and the outvoted experts when they are few;
///  - decision: whether one expert alone decides the panel's side, with the score without it;
///  - spread: how far the scores lie apart, in the words of `spread_words`;
///  - maps: where they are concentrated (`focus_of`), and whether that is one place or several;
///    nothing when there are no maps;
///  - firmness: `firmness_story`, when `firmness` is given;
///  - limits: how many of `warnings` qualify the score (they are listed beside it).
/// Muted experts are left out of all but the first. Scores are written as `score_figure` does;
/// the band is that of `thresholds`.
/// Empty for an opinion without experts.
[[nodiscard]] std::vector<std::string> story_of(const PanelOpinion& opinion,
                                                const Disagreement& disagreement,
                                                const std::vector<std::string>& warnings,
                                                const BandThresholds& thresholds = {},
                                                const Firmness* firmness = nullptr);

/// The same as one paragraph.
[[nodiscard]] std::string summary_of(const PanelOpinion& opinion,
                                     const std::vector<std::string>& warnings,
                                     const BandThresholds& thresholds = {},
                                     const Firmness* firmness = nullptr);

/// "a", "a and b", "a, b and c"; empty for none.
[[nodiscard]] std::string listed(const std::vector<std::string>& parts, const char* last = " and ");

/// "the experts agree" below 0.10, "the experts differ", from 0.25 on "the experts contradict each
/// other": for a population standard deviation (0 .. 0.5).
[[nodiscard]] const char* spread_words(double spread);

}  // namespace dfd
