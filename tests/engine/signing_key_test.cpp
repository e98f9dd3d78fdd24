// Tests that signatures interoperate with the openssl command, and that unsuitable keys are
// rejected.
#include "core/engine/replay/signing_key.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

class Signing : public testing::Test {
  protected:
    Signing() { fs::create_directory(folder_); }
    /// Runs `openssl ARGUMENTS` in the folder; returns its exit status.
    [[nodiscard]] int openssl(const std::string& arguments) const {
        const std::string command =
            "cd '" + folder_.string() + "' && openssl " + arguments + " > openssl.log 2>&1";
        return std::system(command.c_str());
    }
    void make_key() const {
        ASSERT_EQ(openssl("genpkey -algorithm ed25519 -out key.pem"), 0);
        ASSERT_EQ(openssl("pkey -in key.pem -pubout -out pub.pem"), 0);
    }
    [[nodiscard]] std::string refusal(const std::string& name) const {
        return test::sentence_of<SigningError>([&] { const SigningKey key(folder_ / name); });
    }
    void write(const std::string& name, const std::string& bytes) const {
        test::write_bytes(folder_ / name, bytes);
    }

    test::TemporaryFolder temporary_;
    const fs::path folder_ = temporary_ / "a folder";
};

TEST_F(Signing, OpensslVerifiesAndNoticesEveryChange) {
    make_key();
    const std::string text = "{\"score\": 0.5}\n";
    const SigningKey key(folder_ / "key.pem");
    const auto signature =
        key.sign({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    write("record", text);
    write("record.sig", {signature.begin(), signature.end()});
    const std::string verify =
        "pkeyutl -verify -rawin -pubin -inkey pub.pem -sigfile record.sig -in record";
    EXPECT_EQ(openssl(verify), 0);
    write("record", "{\"score\": 0.6}\n");
    EXPECT_NE(openssl(verify), 0);
    // Ed25519 is deterministic: openssl's own signature is identical.
    write("record", text);
    ASSERT_EQ(openssl("pkeyutl -sign -rawin -inkey key.pem -in record -out theirs.sig"), 0);
    std::ifstream stream(folder_ / "theirs.sig", std::ios::binary);
    const std::string theirs(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(theirs, std::string(signature.begin(), signature.end()));
}

TEST_F(Signing, UnsuitableKeysAreRefused) {
    make_key();
    EXPECT_EQ(refusal("key.pem"), test::kNothingThrown);
    EXPECT_NE(refusal("missing.pem").find("cannot be read"), std::string::npos);
    EXPECT_NE(refusal("pub.pem").find("contains no private key"), std::string::npos);
    write("junk.pem", "not a key");
    EXPECT_NE(refusal("junk.pem").find("contains no private key"), std::string::npos);
    write("empty.pem", "");
    EXPECT_NE(refusal("empty.pem").find("contains no private key"), std::string::npos);
    EXPECT_NE(refusal(".").find("cannot be read"), std::string::npos);
    ASSERT_EQ(openssl("genpkey -algorithm X25519 -out other.pem"), 0);
    EXPECT_NE(refusal("other.pem").find("X25519"), std::string::npos);
    ASSERT_EQ(openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem"), 0);
    EXPECT_NE(refusal("ec.pem").find("type EC"), std::string::npos);
    ASSERT_EQ(openssl("pkey -in key.pem -aes256 -passout pass:secret -out locked.pem"), 0);
    EXPECT_NE(refusal("locked.pem").find("protected by a password"), std::string::npos);
}

}  // namespace
}  // namespace dfd
