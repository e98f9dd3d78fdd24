// SHA-256 of bytes and files, through OpenSSL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace dfd {

/// Lower-case hexadecimal, 64 characters.
[[nodiscard]] std::string sha256_hex(std::span<const std::uint8_t> bytes);

/// Streams the file. Blocks. Throws std::system_error when it cannot be read.
[[nodiscard]] std::string sha256_hex_of_file(const std::filesystem::path& path);

}  // namespace dfd
