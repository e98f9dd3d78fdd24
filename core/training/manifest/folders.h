// Folders that commands fill. Plain C++.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dfd {

/// Makes a folder and those above it. Throws TrainingError that names it.
void make_folder(const std::filesystem::path& folder);

/// For a folder that several runs fill: binds `out` to the options it was begun with: `out`/`name`
/// holds them, and is written when there is none. `settings` is an object of all that decides what
/// the folder's pictures look like. Throws TrainingError that names the first member which differs,
/// or when a manifest.csv is there that another command made.
void agree_with_folder(const std::filesystem::path& out, const std::string& name,
                       const nlohmann::json& settings);

}  // namespace dfd
