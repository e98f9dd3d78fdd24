#include "core/engine/replay/signing_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace dfd {
namespace {

constexpr long kLargestKey = 1 << 16;

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string read_key_file(const std::filesystem::path& path) {
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
    std::string text(kLargestKey, '\0');
    if (file)
        text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (!file || std::ferror(file.get()) != 0)
        throw SigningError("The key " + path.string() +
                           " cannot be read: " + std::generic_category().message(errno) +
                           ". Check the path and its permissions.");
    return text;
}

/// Notes that a password is needed, and supplies none.
int refuse_password(char*, int, int, void* password_requested) {
    *static_cast<bool*>(password_requested) = true;
    return -1;
}

std::string kind_of(const EVP_PKEY* key) {
    const char* name = EVP_PKEY_get0_type_name(key);
    return name != nullptr ? name : "unknown";
}

}  // namespace

struct SigningKey::Key {
    std::unique_ptr<EVP_PKEY, Closer> value;
};

SigningKey::SigningKey(const std::filesystem::path& pem) : key_(std::make_unique<Key>()) {
    const std::string text = read_key_file(pem);
    const std::unique_ptr<BIO, Closer> bio(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    bool password_requested = false;
    key_->value.reset(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_password, &password_requested));
    ERR_clear_error();
    if (password_requested)
        throw SigningError("The key " + pem.string() +
                           " is protected by a password, which this program does not ask for. "
                           "Use a copy without one, made by `openssl pkey -in KEY -out PLAIN` "
                           "and deleted afterwards.");
    if (!key_->value)
        throw SigningError("The file " + pem.string() +
                           " contains no private key in PEM. Make one with `openssl genpkey "
                           "-algorithm ed25519 -out KEY.pem`.");
    if (EVP_PKEY_is_a(key_->value.get(), "ED25519") != 1)
        throw SigningError("The key " + pem.string() + " is of type " + kind_of(key_->value.get()) +
                           ", and records are signed with Ed25519. Make one with `openssl genpkey "
                           "-algorithm ed25519 -out KEY.pem`.");
}

SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

std::array<std::uint8_t, 64> SigningKey::sign(std::span<const std::uint8_t> bytes) const {
    const std::unique_ptr<EVP_MD_CTX, Closer> context(EVP_MD_CTX_new());
    std::array<std::uint8_t, 64> signature{};
    std::size_t size = signature.size();
    const bool done =
        context &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->value.get()) == 1 &&
        EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) == 1 &&
        size == signature.size();
    if (!done) {
        ERR_clear_error();
        throw SigningError("OpenSSL could not sign the record; nothing was signed.");
    }
    return signature;
}

}  // namespace dfd
