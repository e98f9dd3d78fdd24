#include "core/panel/file_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "core/base/hexadecimal.h"
#include "core/checkpoint/input_file.h"
#include "core/checkpoint/torch_checkpoint.h"
#include "core/panel/panel_record.h"

namespace dfd {

std::string hash_file(const std::filesystem::path& path,
                      const std::function<void(std::uint64_t done)>& each) try {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
    if (!hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1)
        throw PanelError("No file can be hashed: OpenSSL offers no SHA-256.");
    const InputFile file(path);
    std::vector<std::uint8_t> piece(4u << 20);
    for (std::uint64_t at = 0; at < file.size();) {
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), file.size() - at));
        file.read_at(at, piece.data(), size);
        EVP_DigestUpdate(hash.get(), piece.data(), size);
        at += size;
        if (each)
            each(at);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(hash.get(), digest.data(), &length);
    return to_hex({digest.data(), length});
} catch (const CheckpointError& error) {
    throw PanelError(error.what());
}

}  // namespace dfd
