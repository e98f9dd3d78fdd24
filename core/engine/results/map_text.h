// What a heatmap is called, and what its PNG file says about itself: the same in files of window
// and command line. Plain C++.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/language.h"
#include "core/engine/results/result_export.h"
#include "core/opinion/opinion.h"
#include "core/picture/pixels/png_text.h"

namespace dfd {

/// Stands in every file of a heatmap.
inline constexpr const char* kNotAPhotograph = to_say(
    "This is a heatmap over a picture, not a photograph. The colours come from a panel's scores "
    "and do not show what was changed in the picture. A score is not a proof.");

/// What the map of a question's experts together is, by how their scores are combined: "Mean of the
/// experts", "Mean of the experts' log-odds" or "Fusion of the experts". Of several questions it
/// begins with the text of the one: "Made by a generator? Mean of its experts".
[[nodiscard]] std::string combined_map_name(Combination combination, bool fused,
                                            const std::string& question = {});
[[nodiscard]] std::string combined_map_name(const PanelOpinion& opinion, std::size_t question);

/// The keys Title ("Heatmap of " and `title`), Description, Software, Creation Time (`made`, the
/// day as it is to be read), Panel, Panel digest, Source SHA-256 (of the picture's file; left out
/// when empty) and Comment (kNotAPhotograph). Values are printable on one line each, but for the
/// description, whose line breaks stay.
[[nodiscard]] PngText map_text(const std::string& title, const std::string& description,
                               const std::string& sha256, const ScoredBy& by,
                               const std::string& made);

}  // namespace dfd
