// JSON as one line of text.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace dfd {

/// Bytes that are not UTF-8 become U+FFFD.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] std::string json_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

[[nodiscard]] inline nlohmann::ordered_json or_null(std::optional<double> value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

}  // namespace dfd
