// A panel's opinion of one picture in a few plain sentences. Plain C++.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/language.h"
#include "core/opinion/firmness.h"
#include "core/opinion/opinion.h"

namespace dfd {

/// Sentences in a fixed order. Each appears only when its data exists:
///  - combination: muted or weighted experts and those without an opinion by name, when this is not
///  the reference combination;
///  - verdict: the panel's score and band, the votes, and the outvoted experts when they are few;
///  - worth: `worth_sentence`, for a calibrated panel;
///  - fusion: `fused_sentence`, where a fusion combines the experts;
///  - decision: whether a single expert decides the panel's side, with the score without it; where
///    the panel is undecided or has no words, whether it turns the side;
///  - spread: how far apart the scores are, in the words of `spread_words`;
///  - maps: where they are concentrated (`focus_of`), in one place or several; omitted when there
///    are no maps;
///  - firmness: `firmness_story`, when `firmness` is given;
///  - limits: the number of `warnings` (they are listed next to the score).
/// A panel with several questions gets the sentences from the verdict to the firmness for each of
/// them, in its order; each verdict begins with the question. `firmness` describes one question and
/// appears there. Only the first sentence mentions muted experts. Scores are formatted by
/// `score_figure`; their words follow `bands`. Empty for an opinion without experts.
[[nodiscard]] std::vector<std::string> story_of(const PanelOpinion& opinion,
                                                const std::vector<std::string>& warnings,
                                                const QuestionBands& bands = {},
                                                const Firmness* firmness = nullptr);

/// The sentences about one question, from the verdict to the firmness; at least one. Throws
/// std::out_of_range.
[[nodiscard]] std::vector<std::string> answer_story(const PanelOpinion& opinion,
                                                    std::size_t question,
                                                    const QuestionBands& bands = {},
                                                    const Firmness* firmness = nullptr);

/// The sentence that names muted and weighted experts, and those without an opinion.
[[nodiscard]] std::string combination_sentence(const PanelOpinion& opinion);

/// "A fusion fitted to labelled pictures combines the experts, not a mean: log-odds +0.50 + 2.00 x
/// a + 0.25 x b." Empty where none combines the experts of the question.
[[nodiscard]] std::string fused_sentence(const PanelOpinion& opinion, std::size_t question);

/// "+0.130 + 0.510 x a": the log-odds that a fusion gives to the experts' log-odds.
[[nodiscard]] std::string fusion_words(const Fusion& fusion, int decimals = 3);

/// The sentence that counts the warnings, 1 or more.
[[nodiscard]] std::string limits_sentence(std::size_t warnings);

/// All sentences of story_of as one paragraph.
[[nodiscard]] std::string summary_of(const PanelOpinion& opinion,
                                     const std::vector<std::string>& warnings,
                                     const QuestionBands& bands = {},
                                     const Firmness* firmness = nullptr);

/// "a", "a and b", "a, b and c"; empty for none. `last` is English, to be said: " and ", " or ".
[[nodiscard]] std::string listed(const std::vector<std::string>& parts,
                                 const char* last = to_say(" and "));

/// "the scores lie close together" below 0.10, "the scores differ" below 0.25, otherwise "the
/// scores contradict each other". `spread` is a population standard deviation (0 .. 0.5).
[[nodiscard]] std::string spread_words(double spread);

}  // namespace dfd
