// SHA-256 of a large file, computed in pieces so that it can report progress and be stopped.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace dfd {

/// Returns lower-case hexadecimal. Blocks. `each` is called with the number of bytes done after
/// every few megabytes and may throw to stop. Throws PanelError when the file cannot be read.
[[nodiscard]] std::string hash_file(const std::filesystem::path& path,
                                    const std::function<void(std::uint64_t done)>& each = {});

/// Throws PanelError with the file's name and `otherwise`, the rest of a sentence, unless the file
/// has the digest; Cancelled when stopped.
void require_digest(const std::filesystem::path& file, const std::string& sha256,
                    const std::string& otherwise, const std::stop_token& stop = {});

}  // namespace dfd
