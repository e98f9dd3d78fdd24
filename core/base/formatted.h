// Numbers and short words as printf writes them. Plain C++.
#pragma once

#include <cstdio>
#include <string>

namespace dfd {

/// At most 255 bytes.
template <typename... Values>
std::string formatted(const char* format, Values... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

}  // namespace dfd
