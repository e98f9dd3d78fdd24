// Explanations as JSON and text: the same from window and command line. Plain C++.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/engine/results/result_export.h"
#include "core/engine/scoring/explanation.h"

namespace dfd {

/// `to_json` of the examination, with `firmness` where it is given, and, in each of its `experts`,
/// `explanation` {method, layer, last_layer, target, formula, exactness, value, rest, verdict,
/// support, separation, sentence, deletion {cells, removed [], most_first [], least_first [],
/// displaced [[]]}[, map [[]]]} and, at its end, `explanation` {method, target, rule, value, rest,
/// verdict, ... as above, without a layer; seconds} of the mean map. `verdict` to `deletion` are
/// null where no test was run. Values are logits; maps are signed, above 0 towards the target.
[[nodiscard]] std::string explained_json(const Examination& examination, const ScoredBy& by,
                                         const Explanation& explanation, bool with_maps,
                                         const Firmness* firmness = nullptr);

/// A line an expert and one for the mean, indented by two, with a line break each.
[[nodiscard]] std::string explanation_text(const Explanation& explanation);

/// Writes `STEM-mean-signed.png` and `STEM-<expert name>-signed.png` into `folder` (made where it
/// is missing): the picture with each signed map laid over it, orange towards fake and blue towards
/// real whatever the target. All share one scale, from 0 to the largest magnitude of any expert's
/// density. Returns the files. Throws as `write_heatmaps`.
std::vector<std::filesystem::path> write_explanation(const std::filesystem::path& folder,
                                                     const Pixels& picture,
                                                     const Examination& examination,
                                                     const Explanation& explanation);

}  // namespace dfd
