// SHA-256 of a large file, piece by piece, so that it can be watched and stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace dfd {

/// Lower-case hexadecimal. Blocks; `each` is called with the bytes done so far after every piece
/// of a few megabytes and may throw to stop. Throws PanelError when the file cannot be read.
[[nodiscard]] std::string hash_file(const std::filesystem::path& path,
                                    const std::function<void(std::uint64_t done)>& each = {});

}  // namespace dfd
