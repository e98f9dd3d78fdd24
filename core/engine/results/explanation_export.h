// Exports explanations as JSON, text and pictures; window and command line give the same. Plain
// C++.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/engine/results/result_export.h"
#include "core/engine/scoring/explanation.h"

namespace dfd {

/// `to_json` of the examination, with `firmness` if it is given. Each of its `experts` gets
/// `explanation` {method, layer, last_layer, target, formula, exactness, value, rest, verdict,
/// support, separation, sentence, deletion {cells, removed [], most_first [], least_first [],
/// displaced [[]]}[, map [[]]]}. At the end of the object, `explanation` {method, target, rule,
/// value, rest, verdict, ... as above, without a layer; seconds} describes the mean map. `verdict`
/// to `deletion` are null when no test was run. Values are logits; maps are signed, above 0 towards
/// the target.
[[nodiscard]] std::string explained_json(const Examination& examination, const ScoredBy& by,
                                         const Explanation& explanation, bool with_maps,
                                         const Firmness* firmness = nullptr);

/// A table: one line per expert and one for the mean, between a header and the test's rule. Each
/// line is indented by two and ends with a line break. Empty without experts.
[[nodiscard]] std::string explanation_text(const Explanation& explanation);

/// Writes `STEM-mean-signed.png` and `STEM-<expert name>-signed.png` into `folder` (created if it
/// is missing): each signed map over the grey picture, orange towards fake and blue towards real
/// whatever the target, with `map_text` in the file. All share one scale, from 0 to the largest
/// magnitude of any expert's density. Returns the files. Throws as `write_heatmaps`.
std::vector<std::filesystem::path> write_explanation(const std::filesystem::path& folder,
                                                     const Pixels& picture,
                                                     const Examination& examination,
                                                     const Explanation& explanation,
                                                     const ScoredBy& by, const std::string& made);

}  // namespace dfd
