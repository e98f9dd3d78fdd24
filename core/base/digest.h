// SHA-256 of bytes and files, through OpenSSL.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace dfd {

/// SHA-256 of bytes that come in pieces.
class Sha256 {
  public:
    Sha256();
    void add(std::span<const std::uint8_t> bytes);
    /// Lower-case hexadecimal, 64 characters. Nothing can be added after this.
    [[nodiscard]] std::string hex();

  private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

/// Lower-case hexadecimal, 64 characters.
[[nodiscard]] std::string sha256_hex(std::span<const std::uint8_t> bytes);

/// Streams the file. Blocks. Throws std::system_error when it cannot be read.
[[nodiscard]] std::string sha256_hex_of_file(const std::filesystem::path& path);

}  // namespace dfd
