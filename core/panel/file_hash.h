// SHA-256 of a large file, computed in pieces so that it can report progress and be stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace dfd {

/// Returns lower-case hexadecimal. Blocks. `each` is called with the number of bytes done after
/// every few megabytes and may throw to stop. Throws PanelError when the file cannot be read.
[[nodiscard]] std::string hash_file(const std::filesystem::path& path,
                                    const std::function<void(std::uint64_t done)>& each = {});

}  // namespace dfd
