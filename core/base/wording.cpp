#include "core/base/wording.h"

#include <array>
#include <cstdio>

#include "core/base/text.h"

namespace dfd {

std::string quoted(const std::filesystem::path& path) {
    return '"' + visible(path.native()) + '"';
}

std::string quoted_name(std::string_view name) {
    constexpr std::size_t kLongest = 160;
    std::string text = "\"";
    for (const char c : name.substr(0, kLongest))
        text += c >= 0x20 && c < 0x7F && c != '"' ? c : '?';
    return text + (name.size() > kLongest ? "...\"" : "\"");
}

std::string shape_text(std::span<const std::int64_t> shape) {
    std::string text = "[";
    for (const auto size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

std::string size_text(std::uint64_t bytes) {
    if (bytes < 1000)
        return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    constexpr std::array<const char*, 4> kUnits{"kB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit)
        value /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
    return text.data();
}

}  // namespace dfd
