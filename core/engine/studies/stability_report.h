// The report of `dfd stability` about one picture. Plain C++.
#pragma once

#include <string>

#include "core/engine/results/result_export.h"
#include "core/engine/studies/stability.h"

namespace dfd {

/// One object on one line: path, sha256, panel {name, digest, starter}, device, precision,
/// the members of `firmness_json`, planned, complete, experts [{name, score}] (untouched), points
/// [{operation, parameter (number or null), steps [text], ordinary, score, experts
/// [{name, score}]}], skipped [{operation, parameter, reason}], operations [{name, title, unit,
/// what, preset, passage, neutral}], summary (firmness_story as a paragraph).
[[nodiscard]] std::string stability_json(const Stability& stability, const PictureName& picture,
                                         const ScoredBy& by, double threshold = kVoteThreshold);

/// RFC 4180, one row per version, the untouched picture first: path, sha256, operation
/// ("untouched"), parameter, steps, ordinary, score, and one column per expert.
[[nodiscard]] std::string stability_csv_header(const PanelRecord& panel);
/// One row without a line break: that of `point`, or of the untouched picture when it is null.
[[nodiscard]] std::string stability_csv(const Stability& stability, const PictureName& picture,
                                        const StabilityPoint* point);

/// The same as text, with a line break at the end. The path is raw bytes.
[[nodiscard]] std::string stability_text(const Stability& stability, const PictureName& picture,
                                         const ScoredBy& by, double threshold = kVoteThreshold);

}  // namespace dfd
