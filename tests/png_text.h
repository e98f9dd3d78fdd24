// Reads a PNG's text chunks, independent of the code that writes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace dfd::test {

/// Keys and values of the file's uncompressed tEXt and iTXt chunks.
inline std::map<std::string, std::string> png_text(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    std::map<std::string, std::string> found;
    for (std::size_t at = 8; at + 12 <= bytes.size();) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length = length << 8 | static_cast<std::uint8_t>(bytes[at + i]);
        const auto type = bytes.substr(at + 4, 4);
        const auto data = bytes.substr(at + 8, length);
        at += length + 12;
        if (type != "tEXt" && type != "iTXt")
            continue;
        const auto end = data.find('\0');
        auto value = data.substr(end + 1);
        if (type == "iTXt")
            value = value.substr(4);  // not compressed, no language, no translated key
        found[data.substr(0, end)] = value;
    }
    return found;
}

}  // namespace dfd::test
