// Architecture check: layers and rooms as data, and a check for forbidden includes between them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dfd::walls {

/// A folder of a layer, and the other folders of the layer that it may include.
struct Room {
    std::string_view folder;  ///< "core/picture/formats"; a layer's own folder is also a room
    std::string_view uses;    ///< "pixels": names within the layer, separated by spaces
};

/// A violation. `rule` is a stable short name, `message` a sentence with file and reason.
struct Violation {
    std::string rule;
    std::string file;  ///< relative to the root, with forward slashes
    std::string message;
};

/// The repository's files, relative to `root`: tracked files and those that git would add; without
/// git, everything except build folders and dot-folders.
[[nodiscard]] std::vector<std::string> repository_files(const std::filesystem::path& root);

/// Checks includes, header guards, the top level and file sizes of `files`. Empty when all is well.
/// A header whose opening comment has the line "// Internal to FOLDER." may be included from that
/// folder and from tests only.
[[nodiscard]] std::vector<Violation> check(const std::filesystem::path& root,
                                           const std::vector<std::string>& files,
                                           std::span<const Room> rooms);

}  // namespace dfd::walls
