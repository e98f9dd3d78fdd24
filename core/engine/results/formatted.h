// Numbers as text.
// Internal to core/engine.
#pragma once

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace dfd {

/// As printf writes it, at most 127 bytes: for numbers and short words.
template <typename... Values>
std::string formatted(const char* format, Values... values) {
    char text[128];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

/// The shortest text that reads back to the same double.
inline std::string full_precision(double value) {
    return nlohmann::json(value).dump();
}

}  // namespace dfd
