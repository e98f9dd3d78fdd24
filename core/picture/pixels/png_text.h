// PNG files that say in their text what they are. Plain C++.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// Keys and values that a PNG keeps as text. Keys: 1 to 79 ASCII characters. Values: UTF-8 without
/// NUL; line breaks are allowed.
using PngText = std::vector<std::pair<std::string, std::string>>;

/// As the functions of the same name without text.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Pixels& pixels, const PngText& text);
void write_png(const std::filesystem::path& path, const Pixels& pixels, const PngText& text);
void write_png(const std::filesystem::path& path, int width, int height, const DrawRow& draw,
               const PngText& text);

}  // namespace dfd
