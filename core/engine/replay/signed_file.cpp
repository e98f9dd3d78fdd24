#include "core/engine/replay/signed_file.h"

#include "core/base/atomic_file.h"

namespace dfd {

std::filesystem::path signature_path(const std::filesystem::path& path) {
    return std::filesystem::path(path) += ".sig";
}

void write_signed_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes,
                       const SigningKey* key) {
    // First of all: an older file's signature must never stand beside a newer file.
    std::filesystem::remove(signature_path(path));
    write_file_atomically(path, bytes);
    if (key != nullptr)
        write_file_atomically(signature_path(path), key->sign(bytes));
}

}  // namespace dfd
