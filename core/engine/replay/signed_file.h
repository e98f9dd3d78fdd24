// Writes a file with a detached signature that never belongs to an older file. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "core/engine/replay/signing_key.h"

namespace dfd {

/// PATH.sig
[[nodiscard]] std::filesystem::path signature_path(const std::filesystem::path& path);

/// Writes the file atomically and, with a key, PATH.sig beside it. Without a key, an older PATH.sig
/// is removed. Throws std::system_error, SigningError.
void write_signed_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes,
                       const SigningKey* key);

}  // namespace dfd
