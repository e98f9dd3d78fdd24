// How much memory this process can still take. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>

namespace dfd {

/// Bytes that can be taken before the system ends processes: the least of what the machine has
/// available and what each control group of this process leaves (a container, a service, a batch
/// job). UINT64_MAX where nothing is known. Blocks for less than a millisecond; never throws.
[[nodiscard]] std::uint64_t free_memory();

/// The same, read from another place than "/": `root`/proc and `root`/sys. For tests.
[[nodiscard]] std::uint64_t free_memory_below(const std::filesystem::path& root);

}  // namespace dfd
