// The layers of this house and their rooms, as data, and a check that nothing crosses a wall
// between them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dfd::walls {

/// A folder of a layer, and which others of the same layer it may use.
struct Room {
    std::string_view folder;  ///< "core/picture/formats"; a layer's own folder is a room, too
    std::string_view uses;    ///< "pixels": names within the layer, separated by spaces
};

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
/// A header whose opening comment has the line "// Internal to FOLDER." may be included from that
/// folder and from tests only.
[[nodiscard]] std::vector<Violation> check(const std::filesystem::path& root,
                                           const std::vector<std::string>& files,
                                           std::span<const Room> rooms);

}  // namespace dfd::walls
