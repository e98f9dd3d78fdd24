// Paths in JSON, which allows only UTF-8.
// Internal to core.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace dfd {

/// Sets "path" and, when the path is not UTF-8, "path_bytes" (hexadecimal). Dump the object with
/// the error handler `replace`.
void set_path(nlohmann::ordered_json& object, const std::string& path);

/// Sets `key` to a list of paths and, when one of them is not UTF-8, KEY_bytes to a list as long:
/// the bytes of those (hexadecimal), null for the others.
void set_paths(nlohmann::ordered_json& object, const std::string& key,
               std::span<const std::filesystem::path> paths);

/// The path that set_path() stored. Throws a nlohmann exception when there is no path.
[[nodiscard]] std::string path_in(const nlohmann::ordered_json& object);

}  // namespace dfd
