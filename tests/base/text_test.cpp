// Texts, their encodings and digests.
#include "core/base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/base64.h"
#include "core/base/csv_line.h"
#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/base/wording.h"

namespace dfd {
namespace {

using Texts = std::vector<std::string>;

TEST(Text, OrdersNaturally) {
    const Texts ordered{"a/b/c",      "a/b c", "a-b",      "img",     "img0",
                        "IMG1.jpeg",  "img02", "img2.jpg", "img2b",   "img10",
                        "img100.jpg", "imgs",  "z",        "\xC3\xA4"};
    auto shuffled = ordered;
    std::ranges::reverse(shuffled);
    std::ranges::sort(shuffled, {}, natural_key);
    EXPECT_EQ(shuffled, ordered);
    EXPECT_EQ(natural_key("img007"), natural_key("IMG7"));
}

TEST(Text, JoinsItems) {
    EXPECT_EQ(joined(Texts{}, ", "), "");
    EXPECT_EQ(joined(Texts{"a", "", "b"}, ", "), "a, , b");
    EXPECT_EQ(joined(Texts{"", "a"}, ", "), "a");
    EXPECT_EQ(joined(std::vector{1, 2}, "; ", [](int each) { return std::to_string(each); }),
              "1; 2");
}

TEST(Text, KnowsUtf8) {
    for (const std::string text : {"", "plain", "\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"})
        EXPECT_TRUE(is_utf8(text)) << text;
    for (const std::string text : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80"})
        EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
}

TEST(Text, ShowsWhatWouldSteerTheDisplay) {
    EXPECT_EQ(visible("plain \xC3\xA4 \xF0\x9F\x98\x80 \\"), "plain \xC3\xA4 \xF0\x9F\x98\x80 \\");
    EXPECT_EQ(visible("a\x1B[2Jb\nc\x7F"), "a\\u001b[2Jb\\u000ac\\u007f");
    EXPECT_EQ(visible("\u202Egpj.exe \u2066x\u2069 \u009B \u2028"),
              "\\u202egpj.exe \\u2066x\\u2069 \\u009b \\u2028");
    EXPECT_EQ(visible("\xFF\xC3"), "\\xff\\xc3");
    EXPECT_EQ(visible(std::string("a\0b", 3)), "a\\u0000b");
    EXPECT_EQ(quoted("/a\nb"), "\"/a\\u000ab\"");
}

TEST(Text, PrintableTextSteersNothing) {
    EXPECT_EQ(printable("a\x1B[2Jb\nc", 100), "a [2Jb c");
    EXPECT_EQ(printable("a\u0085b\u2029c\xFF", 100), "a b c\uFFFD");
}

TEST(Csv, FormulasAreDefused) {
    EXPECT_EQ(csv_field("=1+1"), "\"'=1+1\"");
    EXPECT_EQ(csv_field("@SUM(A1)"), "\"'@SUM(A1)\"");
    EXPECT_EQ(csv_field("+cmd|' /C calc'!A0"), "\"'+cmd|' /C calc'!A0\"");
    EXPECT_EQ(csv_field("-b.jpg"), "\"'-b.jpg\"");
    EXPECT_EQ(csv_field("\tx"), "\"'\tx\"");
    EXPECT_EQ(csv_field("\uFF1D1"), "\"'\uFF1D1\"");
    for (const std::string number : {"-1.5", "+3", "-2e-05", "0.25", ""})
        EXPECT_EQ(csv_field(number), number);
    EXPECT_EQ(csv_field("a;b"), "\"a;b\"");
    EXPECT_EQ(csv_line({"=a", "b"}, CsvCells::Raw), "=a,b");
}

TEST(Base64, GoesBothWays) {
    const std::pair<std::string, std::string> known[]{
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xFB\xFF", "+/8="}};
    for (const auto& [plain, coded] : known) {
        EXPECT_EQ(encode_base64(as_bytes(plain)), coded);
        if (coded.empty())
            continue;
        const auto back = decode_base64(coded);
        ASSERT_TRUE(back) << coded;
        EXPECT_EQ(std::string(back->begin(), back->end()), plain);
    }
    for (const auto* wrong : {"", "Zg=", "Z===", "Zg==Zg==", "Z g=", "Zm9v\n", "%%%%"})
        EXPECT_FALSE(decode_base64(wrong)) << wrong;
}

TEST(RandomId, DoesNotRepeat) {
    const auto first = random_id();
    EXPECT_EQ(first.size(), 32u);
    EXPECT_TRUE(is_hex(first));
    EXPECT_NE(first, random_id());
}

TEST(Sha256, IsKnownByItsDigits) {
    const auto digest = sha256_hex(as_bytes("a"));
    EXPECT_TRUE(is_sha256_hex(digest));
    EXPECT_FALSE(is_sha256_hex(digest.substr(1)));
    EXPECT_FALSE(is_sha256_hex(digest + "0"));
    EXPECT_FALSE(is_sha256_hex("A" + digest.substr(1)));
    EXPECT_FALSE(is_sha256_hex("g" + digest.substr(1)));
    EXPECT_FALSE(is_sha256_hex(""));
}

TEST(Sha256, TakesPieces) {
    Sha256 digest;
    digest.add(as_bytes("a"));
    digest.add({});
    digest.add(as_bytes("bc"));
    EXPECT_EQ(digest.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex(as_bytes("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace dfd
