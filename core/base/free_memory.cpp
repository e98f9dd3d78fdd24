#include "core/base/free_memory.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnknown = UINT64_MAX;

/// The first number of a file; nothing for "max" and for a file that is not there.
std::optional<std::uint64_t> number_in(const fs::path& file) {
    std::ifstream stream(file);
    std::uint64_t value = 0;
    return stream >> value ? std::optional(value) : std::nullopt;
}

/// The number behind `name` in a file of "name number" lines.
std::optional<std::uint64_t> number_of(const fs::path& file, const std::string& name) {
    std::ifstream stream(file);
    std::string word;
    std::uint64_t value = 0;
    for (std::string line; std::getline(stream, line);)
        if (std::istringstream words(line); words >> word >> value && word == name)
            return value;
    return std::nullopt;
}

std::uint64_t left_by_machine(const fs::path& root) {
    const auto kibibytes = number_of(root / "proc/meminfo", "MemAvailable:");
    return kibibytes ? *kibibytes << 10 : kUnknown;
}

/// What one group leaves. Pages of files that are not in use are given back before anything ends.
std::uint64_t left_by_group(const fs::path& limit_file, const fs::path& used_file,
                            const fs::path& details, const std::string& unused_files) {
    const auto limit = number_in(limit_file);
    const auto used = number_in(used_file);
    if (!limit || !used)
        return kUnknown;
    const auto unused = number_of(details, unused_files).value_or(0);
    const auto taken = *used - std::min(*used, unused);
    return *limit - std::min(*limit, taken);
}

/// The least of what the group at `path` below `top` and the groups around it leave.
template <class LeftBy>
std::uint64_t left_by_groups(const fs::path& top, const std::string& path, const LeftBy& left_by) {
    std::uint64_t least = left_by(top);
    fs::path group = top;
    for (const auto& part : fs::path(path).relative_path()) {
        group /= part;
        least = std::min(least, left_by(group));
    }
    return least;
}

}  // namespace

std::uint64_t free_memory_below(const fs::path& root) {
    std::uint64_t least = left_by_machine(root);
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        // hierarchy:controllers:path; version 2 has no controllers.
        const auto first = line.find(':');
        const auto second = line.find(':', first == std::string::npos ? first : first + 1);
        if (second == std::string::npos)
            continue;
        const auto controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const auto path = line.substr(second + 1);
        if (controllers == ",,")
            least =
                std::min(least, left_by_groups(root / "sys/fs/cgroup", path, [](const auto& at) {
                             return left_by_group(at / "memory.max", at / "memory.current",
                                                  at / "memory.stat", "inactive_file");
                         }));
        else if (controllers.find(",memory,") != std::string::npos)
            least = std::min(
                least, left_by_groups(root / "sys/fs/cgroup/memory", path, [](const auto& at) {
                    return left_by_group(at / "memory.limit_in_bytes", at / "memory.usage_in_bytes",
                                         at / "memory.stat", "total_inactive_file");
                }));
    }
    return least;
}

std::uint64_t free_memory() {
    try {
        return free_memory_below("/");
    } catch (const std::exception&) {  // out of memory for a few strings
        return kUnknown;
    }
}

}  // namespace dfd
