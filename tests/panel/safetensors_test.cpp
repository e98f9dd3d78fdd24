#include "core/panel/safetensors.h"

#include <torch/torch.h>

#include <random>

#include "core/base/digest.h"
#include "tests/checkpoint/torch_writer.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

class SafetensorsTest : public testing::Test {
  protected:
    [[nodiscard]] std::string why_not(const std::string& header, const std::string& data) const {
        test::write_bytes(file, test::raw<std::uint64_t>(header.size()) + header + data);
        return test::sentence_of<CheckpointError>([&] { (void)read_safetensors(file); });
    }

    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "weights.safetensors";
};

TEST_F(SafetensorsTest, EveryTypeAndLayoutComesBack) {
    const auto base = torch::arange(24, torch::kFloat32).reshape({4, 6});
    const StateDict tensors{{"odd bytes", torch::tensor({1, 2, 3}, torch::kUInt8)},
                            {"float", base},
                            {"transposed", base.t()},
                            {"window", base.slice(1, 1, 4)},
                            {"half", base.to(torch::kFloat16)},
                            {"brain", base.to(torch::kBFloat16)},
                            {"double", base.to(torch::kFloat64)},
                            {"long", torch::tensor({1L, -2L})},
                            {"truth", torch::tensor({true, false, true})},
                            {"scalar", torch::tensor(3.5f)},
                            {"empty", torch::empty({0, 7})},
                            {"small", torch::tensor({1, 2}, torch::kInt16)},
                            {"gr\xc3\xb6\xc3\x9f"
                             "e \"quoted\"",
                             torch::ones({16})}};
    const Metadata metadata{{"architecture", "none"}, {"note", "a \"quote\" and \xe2\x82\xac"}};
    const auto digest = write_safetensors(file, tensors, metadata);
    EXPECT_EQ(digest, sha256_hex_of_file(file));
    const auto read = read_safetensors(file);
    EXPECT_EQ(read.metadata, metadata);
    ASSERT_EQ(read.tensors.size(), tensors.size());
    const std::map<std::string, torch::Tensor> by_name(read.tensors.begin(), read.tensors.end());
    for (const auto& [name, tensor] : tensors) {
        SCOPED_TRACE(name);
        ASSERT_TRUE(by_name.contains(name));
        const auto& got = by_name.at(name);
        EXPECT_EQ(got.scalar_type(), tensor.scalar_type());
        EXPECT_TRUE(got.equal(tensor));
        EXPECT_TRUE(got.is_contiguous());
        if (tensor.nbytes() > 0 && tensor.nbytes() % 64 == 0) {
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(got.data_ptr()) % 64, 0u);
        }
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST_F(SafetensorsTest, WritingToATensorDoesNotChangeTheFile) {
    write_safetensors(file, {{"t", torch::ones({64})}});
    const auto before = test::file_bytes(file);
    read_safetensors(file).tensors.at(0).second.zero_();
    EXPECT_EQ(test::file_bytes(file), before);
}

TEST_F(SafetensorsTest, TensorsOutliveTheirFile) {
    write_safetensors(file, {{"t", torch::arange(100)}});
    auto tensor = read_safetensors(file).tensors.at(0).second;
    std::filesystem::remove(file);
    EXPECT_TRUE(tensor.equal(torch::arange(100)));
}

TEST_F(SafetensorsTest, InvalidHeadersAreReported) {
    const std::string data(16, '\0');
    const auto entry = [](const std::string& name, const std::string& type,
                          const std::string& shape, const std::string& offsets) {
        return '"' + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape +
               ",\"data_offsets\":" + offsets + "}";
    };
    const auto good = entry("t", "F32", "[4]", "[0,16]");
    ASSERT_EQ(why_not("{" + good + "}", data), "(nothing was thrown)");
    EXPECT_SAYS(why_not("{" + good + "," + good + "}", data), "\"t\" twice");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[5]", "[0,16]") + "}", data), "does not fill");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[4]", "[0,20]") + "}", data), "ends at 20 of 16");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[4]", "[16,0]") + "}", data), "ends at 0");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[3]", "[4,16]") + "}", data), "leaves a gap");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[3]", "[0,12]") + "}", data), "belong to no");
    EXPECT_SAYS(why_not("{" + good + "," + entry("u", "F32", "[2]", "[8,16]") + "}", data),
                "overlaps");
    EXPECT_SAYS(why_not("{" + entry("t", "C64", "[2]", "[0,16]") + "}", data), "\"C64\"");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[-4]", "[0,16]") + "}", data), "shape is invalid");
    EXPECT_SAYS(
        why_not("{" + entry("t", "F32", "[4294967296,4294967296,4294967296]", "[0,16]") + "}",
                data),
        "shape is invalid");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[4611686018427387904]", "[0,0]") + "}", ""),
                "does not fill");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "4", "[0,16]") + "}", data), "\"shape\"");
    EXPECT_SAYS(why_not("{" + entry("t", "F32", "[4]", "[0]") + "}", data),
                "two unsigned integers");
    EXPECT_SAYS(why_not("{\"t\":3}", data), "\"dtype\"");
    EXPECT_SAYS(why_not("{\"__metadata__\":{\"a\":1}}", ""), "not a string");
    EXPECT_SAYS(why_not("{nonsense", data), "damaged header");
    EXPECT_SAYS(why_not("{\"a\":" + std::string(100000, '[') + std::string(100000, ']') + "}", ""),
                "deeper");
    EXPECT_SAYS(
        why_not("{" + entry("t", "BOOL", "[16]", "[0,16]") + "}", std::string(15, '\1') + '\2'),
        "other than 0 and 1");
}

TEST_F(SafetensorsTest, OtherFilesAreRecognised) {
    const auto says = [&](const std::string& bytes, const char* part) {
        test::write_bytes(file, bytes);
        EXPECT_SAYS(test::sentence_of<CheckpointError>([&] { (void)read_safetensors(file); }),
                    part);
    };
    says("", "empty");
    says("<!DOCTYPE html><html></html>", "web page");
    says("version https://git-lfs.github.com/spec/v1\n", "Git LFS");
    says("short", "too small");
    says(std::string(64, 'x'), "not a safetensors file");
    says(test::raw<std::uint64_t>(1000) + "{}", "cut off inside its header");
    std::filesystem::remove(file);
    EXPECT_SAYS(test::sentence_of<CheckpointError>([&] { (void)read_safetensors(file); }),
                "cannot be opened");
}

TEST_F(SafetensorsTest, UnwritableTargetsAreReported) {
    const auto sentence = test::sentence_of<CheckpointError>(
        [&] { write_safetensors(folder / "no" / "weights.safetensors", {}); });
    EXPECT_SAYS(sentence, "could not be written");
    EXPECT_SAYS(sentence, "weights.safetensors");
    EXPECT_SAYS(test::sentence_of<CheckpointError>([&] {
                    write_safetensors(file, {{"\xff", torch::ones({1})}});
                }),
                "UTF-8");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(SafetensorsTest, AFailedOrStoppedWriteKeepsTheOldFile) {
    write_safetensors(file, {{"t", torch::ones({4})}});
    struct Stop {};
    EXPECT_THROW(
        write_safetensors(file, {{"t", torch::zeros({4})}}, {},
                          [](std::uint64_t, std::uint64_t, const std::string&) { throw Stop(); }),
        Stop);
    EXPECT_TRUE(read_safetensors(file).tensors.at(0).second.equal(torch::ones({4})));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST_F(SafetensorsTest, MutatedFilesAreReadOrRefused) {
    write_safetensors(file,
                      {{"first", torch::rand({3, 5})},
                       {"second", torch::ones({16})},
                       {"third", torch::tensor({true, false})}},
                      {{"key", "value"}});
    const auto bytes = test::file_bytes(file);
    std::mt19937 random{7};
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
        auto changed = bytes;
        for (std::size_t i = 0; i < 1 + below(3); ++i)
            changed[below(300)] = static_cast<char>(below(256));
        if (round % 5 == 0)
            changed.resize(below(changed.size()));
        test::write_bytes(file, changed);
        try {
            for (const auto& [name, tensor] : read_safetensors(file).tensors)
                (void)tensor.to(torch::kFloat64).sum().item<double>();
        } catch (const CheckpointError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 2000);
}

}  // namespace
}  // namespace dfd
