// The layers of this house, as data, and a check that nothing crosses a wall between them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dfd::walls {

/// One crossing. `rule` is a stable short name, `message` a sentence that names file and reason.
struct Violation {
    std::string rule;
    std::string file;  ///< relative to the root, with forward slashes
    std::string message;
};

/// Files that belong to the repository, relative to `root`: what git tracks or would add; without
/// git, everything but build folders and dot-folders.
[[nodiscard]] std::vector<std::string> repository_files(const std::filesystem::path& root);

/// Checks includes, header guards, the top level and file sizes of `files`. Empty when all is well.
[[nodiscard]] std::vector<Violation> check(const std::filesystem::path& root,
                                           const std::vector<std::string>& files);

}  // namespace dfd::walls
