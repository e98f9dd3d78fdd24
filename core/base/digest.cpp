#include "core/base/digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <system_error>
#include <vector>

#include "core/base/hexadecimal.h"

namespace dfd {
namespace {

struct Descriptor {
    int value = -1;
    ~Descriptor() {
        if (value >= 0)
            ::close(value);
    }
};

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}

void Sha256::add(std::span<const std::uint8_t> bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
    return to_hex({digest.data(), length});
}

std::string sha256_hex(std::span<const std::uint8_t> bytes) {
    Sha256 digest;
    digest.add(bytes);
    return digest.hex();
}

std::string sha256_hex_of_file(const std::filesystem::path& path) {
    Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.value < 0) {
        throw std::system_error(errno, std::generic_category(),
                                "The file " + path.string() + " cannot be opened for its digest");
    }
    Sha256 digest;
    std::vector<std::uint8_t> buffer(std::size_t{1} << 20);
    while (true) {
        const ssize_t count = ::read(file.value, buffer.data(), buffer.size());
        if (count == 0)
            return digest.hex();
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            throw std::system_error(errno, std::generic_category(),
                                    "The file " + path.string() + " cannot be read for its digest");
        }
        digest.add({buffer.data(), static_cast<std::size_t>(count)});
    }
}

}  // namespace dfd
