// What a program's manifest may ask to read of this machine. Plain C++.
// Internal to core/panel/foreign.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

/// Each path of "reads" with the place where it really lies, links resolved. Throws PanelError with
/// a sentence for one that would show a program more than it can need, or let it reach others: the
/// root, the home folder and folders around it, /tmp, and all of /run, /proc, /sys and /dev, where
/// sockets and devices work even when they are bound read-only. What does not exist is let through.
[[nodiscard]] std::vector<std::pair<std::filesystem::path, std::string>> readable_paths(
    const std::vector<std::string>& reads);

}  // namespace dfd
