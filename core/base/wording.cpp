#include "core/base/wording.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

namespace dfd {

std::string quoted(const std::filesystem::path& path) {
    return '"' + path.native() + '"';
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

std::optional<std::string> impostor_sentence(const std::filesystem::path& path,
                                             std::string_view head, std::uint64_t file_size) {
    const auto name = quoted(path);
    if (file_size == 0)
        return name + " is empty (0 bytes). The download did not take place; fetch it again.";
    std::string lower(head.substr(0, 512));
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto first = lower.find_first_not_of(" \t\r\n");
    const std::string_view text =
        first == std::string::npos ? std::string_view{} : std::string_view(lower).substr(first);
    if (text.starts_with("<html") || text.starts_with("<!doctype html") ||
        text.starts_with("<head") || text.starts_with("<?xml"))
        return name +
               " is a web page saved under this name, not weights: the site answered with a "
               "confirmation or sign-in page. Open its address in a browser and download the file "
               "itself.";
    if (text.starts_with("version https://git-lfs"))
        return name +
               " is a Git LFS pointer, a note of a few lines in place of the weights. Run \"git "
               "lfs pull\" where it came from, or download the file itself.";
    if (head.starts_with("\x1f\x8b") || head.starts_with("7z\xbc\xaf") || head.starts_with("Rar!"))
        return name + " is a packed archive. Unpack it and choose the weights inside.";
    if (text.starts_with("{\"") || text.starts_with("{ \""))
        return name +
               " is JSON text, not weights; a download service may have answered with an error. "
               "Fetch the file again.";
    return std::nullopt;
}

}  // namespace dfd
