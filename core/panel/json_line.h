// JSON as text. Bytes that are not UTF-8 become U+FFFD.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace dfd {

template <class Json = nlohmann::ordered_json>
[[nodiscard]] std::string json_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Indented, with a line break at its end, as files have it.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] std::string json_lines(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

[[nodiscard]] inline nlohmann::ordered_json or_null(std::optional<double> value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

}  // namespace dfd
