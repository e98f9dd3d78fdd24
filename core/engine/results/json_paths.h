// Paths in JSON, which allows only UTF-8.
// Internal to core/engine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dfd {

/// Sets "path" and, when the path is not UTF-8, "path_bytes" (hexadecimal). Dump the object with
/// the error handler `replace`.
void set_path(nlohmann::ordered_json& object, const std::string& path);

/// The path that set_path() stored. Throws a nlohmann exception when there is no path.
[[nodiscard]] std::string path_in(const nlohmann::ordered_json& object);

}  // namespace dfd
