// Bubblewrap: where somebody else's program, or a file that nobody vouches for, is run. Plain C++.
// Internal to core/panel/foreign.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

/// A place of this machine and where it appears inside, to be read.
using BoundPlace = std::pair<std::filesystem::path, std::string>;

/// The largest file that can be written inside, all of them together.
inline constexpr std::uint64_t kSandboxFiles = std::uint64_t{256} << 20;

/// The beginning of a command, to be followed by a program that is inside and its arguments: the
/// system without the user's files, the network and everybody else's processes. Nothing but /tmp
/// and /dev/shm can be written. Starts in `folder`, as it is named inside.
[[nodiscard]] std::vector<std::string> sandboxed(const std::vector<BoundPlace>& bound = {},
                                                 const std::string& folder = "/");

/// Why bubblewrap cannot be used here, the end of a sentence that begins with "because"; empty when
/// it can. Tries it once.
[[nodiscard]] const std::string& sandbox_problem();

}  // namespace dfd
