// Detached Ed25519 signatures, like those of `openssl pkeyutl -sign -rawin`. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>

namespace dfd {

/// A key that cannot sign. what() names the file, the reason and what to do.
class SigningError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class SigningKey {
  public:
    /// A private Ed25519 key in PEM without a password, as `openssl genpkey -algorithm ed25519`
    /// writes it. Throws SigningError.
    explicit SigningKey(const std::filesystem::path& pem);
    ~SigningKey();
    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;

    /// Signs the bytes themselves, not a digest of them. Throws SigningError when OpenSSL fails.
    [[nodiscard]] std::array<std::uint8_t, 64> sign(std::span<const std::uint8_t> bytes) const;

  private:
    struct Key;
    std::unique_ptr<Key> key_;
};

}  // namespace dfd
