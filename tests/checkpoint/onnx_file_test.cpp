#include "core/checkpoint/onnx_file.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/checkpoint/torch_checkpoint.h"
#include "tests/checkpoint/onnx_writer.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

using test::OnnxWriter;
using test::sentence_of;

class OnnxFiles : public testing::Test {
  protected:
    OnnxFile read(const std::string& bytes) const {
        test::write_bytes(folder / "m.onnx", bytes);
        return read_onnx(folder / "m.onnx");
    }
    std::string refusal(const std::string& bytes) const {
        return sentence_of<CheckpointError>([&] { (void)read(bytes); });
    }
    test::TemporaryFolder folder;
};

TEST_F(OnnxFiles, TensorsAndNodesAreRead) {
    OnnxWriter writer;
    const auto floats = torch::rand({3, 5}), scalar = torch::rand({});
    const auto bytes = torch::arange(-6, 6, torch::kInt8).view({2, 3, 2});
    writer.tensor("a.weight", floats);
    writer.tensor("b", bytes);
    writer.tensor("c", scalar);
    writer.node("/a/MatMul", "MatMul", {"x", "a.weight"});
    const auto file = read(writer.model());
    ASSERT_EQ(file.tensors.size(), 3u);
    EXPECT_TRUE(file.tensors.at("a.weight").equal(floats));
    EXPECT_TRUE(file.tensors.at("b").equal(bytes));
    EXPECT_TRUE(file.tensors.at("c").equal(scalar));
    ASSERT_EQ(file.nodes.size(), 1u);
    EXPECT_EQ(file.nodes[0].name, "/a/MatMul");
    EXPECT_EQ(file.nodes[0].operation, "MatMul");
    EXPECT_EQ(file.nodes[0].inputs, (std::vector<std::string>{"x", "a.weight"}));
}

TEST_F(OnnxFiles, ValuesMayBeListedInsteadOfRaw) {
    using namespace test::onnx;
    OnnxWriter writer;
    writer.raw(bytes(5, number(1, 3) + number(2, 3) + bytes(8, "packed") +
                            bytes(5, varint(7) + varint(0) + varint(~std::uint64_t{0} - 4))));
    writer.raw(
        bytes(5, number(1, 2) + number(2, 6) + bytes(8, "single") + number(5, 300) + number(5, 4)));
    const auto floats = torch::rand({3});
    writer.raw(bytes(5, number(1, 3) + number(2, 1) + bytes(8, "floats") +
                            bytes(4, {static_cast<const char*>(floats.data_ptr()), 12})));
    const auto file = read(writer.model());
    EXPECT_TRUE(file.tensors.at("packed").equal(torch::tensor({7, 0, -5}, torch::kInt8)));
    EXPECT_TRUE(file.tensors.at("single").equal(torch::tensor({300, 4}, torch::kInt32)));
    EXPECT_TRUE(file.tensors.at("floats").equal(floats));
}

TEST_F(OnnxFiles, SizesThatDoNotFitAreRefusedBeforeMemoryIsTaken) {
    using namespace test::onnx;
    const auto model = [](const std::string& tensor) {
        OnnxWriter writer;
        writer.raw(bytes(5, tensor));
        return writer.model();
    };
    const auto name = bytes(8, "t");
    EXPECT_NE(refusal(model(number(1, 4) + number(2, 1) + name + bytes(9, "123"))).find("\"t\""),
              std::string::npos);
    for (const auto& sizes :
         {number(1, ~std::uint64_t{0}), number(1, 1u << 20) + number(1, 1u << 20),
          bytes(1, varint(1u << 30) + varint(1u << 30))})
        EXPECT_NE(refusal(model(sizes + number(2, 1) + name)).find("impossible sizes"),
                  std::string::npos);
    EXPECT_NE(
        refusal(model(number(1, 1) + number(2, 1) + name + number(14, 1))).find("other files"),
        std::string::npos);
    EXPECT_NE(refusal("").find("not an ONNX model"), std::string::npos);
    EXPECT_NE(refusal("PK\x03\x04").find("cannot be read"), std::string::npos);
    EXPECT_NE(sentence_of<CheckpointError>([&] { (void)read_onnx(folder / "none"); }).find("none"),
              std::string::npos);
}

TEST_F(OnnxFiles, DamagedFilesAreRefusedOrReadButNeverMore) {
    OnnxWriter writer;
    writer.tensor("weights", torch::rand({4, 4}));
    writer.node("n", "MatMul", {"x", "weights"});
    const auto whole = writer.model();
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_NE(refusal(whole.substr(0, length)), "(nothing was thrown)") << length;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const int bit : {0, 3, 7}) {
            auto changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
            try {
                (void)read(changed);
            } catch (const CheckpointError&) {
                continue;
            }
        }
}

}  // namespace
}  // namespace dfd
