// Output folders: creates them and binds them to the options of a run. Plain C++.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dfd {

/// Creates a folder and its parents. Throws a TrainingError that names it.
void make_folder(const std::filesystem::path& folder);

/// For a folder that several runs fill: binds `out` to the options of the first run. `out`/`name`
/// stores them and is written if it does not exist. `settings` is an object with everything that
/// determines the folder's pictures. Throws a TrainingError that names the first member that
/// differs, or when another command's manifest.csv is there.
void require_same_settings(const std::filesystem::path& out, const std::string& name,
                           const nlohmann::json& settings);

}  // namespace dfd
