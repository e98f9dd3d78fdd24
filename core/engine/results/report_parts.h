// Parts shared by the reports about versions and windows of one picture.
// Internal to core/engine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/engine/results/result_export.h"

namespace dfd {

/// {name, digest, starter[, calibration (its name, when one with a name was chosen)]}
[[nodiscard]] nlohmann::ordered_json scored_panel_json(const PanelRecord& panel);

/// path, sha256, panel, device and precision, as the first members of an object.
[[nodiscard]] nlohmann::ordered_json report_head(const PictureName& picture, const ScoredBy& by);

/// [{name, score}]
[[nodiscard]] nlohmann::ordered_json experts_json(const PanelOpinion& opinion);

/// {question's id: score, or null}; empty for a panel that asks one question.
[[nodiscard]] nlohmann::ordered_json answers_json(const PanelOpinion& opinion);

/// "path", "sha256", `middle`, "score", "score ID" for each of several questions, and "score NAME"
/// for each expert.
[[nodiscard]] std::string report_csv_header(const PanelRecord& panel,
                                            const std::vector<std::string>& middle);
/// One such row, without a line break.
[[nodiscard]] std::string report_csv_row(const PictureName& picture,
                                         const std::vector<std::string>& middle,
                                         const PanelOpinion& opinion);

/// One line of text: `label` (UTF-8) padded to `width`, the panel's score (or each question's) with
/// four decimals, each expert's with two, and a line break. The head above these lines numbers the
/// experts.
[[nodiscard]] std::string score_line(const std::string& label, int width,
                                     const PanelOpinion& opinion);
[[nodiscard]] std::string score_line_head(int width, const PanelOpinion& opinion);
/// "Experts: 1 NAME 2 NAME", with a line break.
[[nodiscard]] std::string expert_key(const PanelOpinion& opinion);

}  // namespace dfd
