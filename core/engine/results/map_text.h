// What the PNG file of a heatmap says about itself: the same in files of window and command line.
// Plain C++.
#pragma once

#include <string>

#include "core/base/language.h"
#include "core/engine/results/result_export.h"
#include "core/picture/pixels/png_text.h"

namespace dfd {

/// Stands in every file of a heatmap.
inline constexpr const char* kNotAPhotograph = to_say(
    "This is a heatmap over a picture, not a photograph. The colours come from a panel's scores "
    "and do not show what was changed in the picture. A score is not a proof.");

/// The keys Title ("Heatmap of " and `title`), Description, Software, Creation Time (`made`, the
/// day as it is to be read), Panel, Panel digest, Source SHA-256 (of the picture's file; left out
/// when empty) and Comment (kNotAPhotograph). Values are printable on one line each, but for the
/// description, whose line breaks stay.
[[nodiscard]] PngText map_text(const std::string& title, const std::string& description,
                               const std::string& sha256, const ScoredBy& by,
                               const std::string& made);

}  // namespace dfd
