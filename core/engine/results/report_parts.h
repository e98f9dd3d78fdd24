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

/// A map's values, row by row.
template <class Map>
[[nodiscard]] nlohmann::ordered_json rows_json(const Map& map) {
    auto rows = nlohmann::ordered_json::array();
    for (int r = 0; r < map.rows; ++r) {
        const auto first = map.values.begin() + static_cast<std::ptrdiff_t>(r) * map.columns;
        rows.push_back(std::vector<float>(first, first + map.columns));
    }
    return rows;
}

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

/// The first line of a study's text. `sentence` has the places of the picture's path, the panel's
/// name, and how many were scored of how many.
[[nodiscard]] std::string study_head(const char* sentence, const PictureName& picture,
                                     const ScoredBy& by, std::size_t scored, std::size_t planned);

/// One line of text: `label` (UTF-8) padded to `width`, the panel's score (or each question's) with
/// four decimals, each expert's with two, and a line break. The head above these lines numbers the
/// experts.
[[nodiscard]] std::string score_line(const std::string& label, int width,
                                     const PanelOpinion& opinion);
[[nodiscard]] std::string score_line_head(int width, const PanelOpinion& opinion);
/// "Experts: 1 NAME 2 NAME", with a line break.
[[nodiscard]] std::string expert_key(const PanelOpinion& opinion);

}  // namespace dfd
