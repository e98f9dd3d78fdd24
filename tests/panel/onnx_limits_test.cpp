#include "core/panel/foreign/onnx_limits.h"

#include <gtest/gtest.h>

#include "core/panel/json/panel_error.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/panel/onnx_model.h"
#include "tests/says.h"

namespace dfd {
namespace {

std::string refusal(const std::string& bytes) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "model.onnx", bytes);
    return test::sentence_of<PanelError>([&] { (void)check_onnx(folder / "model.onnx"); });
}

std::string refusal_with(const test::OnnxFaults& faults) {
    return refusal(test::onnx_model({1, -1, 0}, 32, faults));
}

TEST(OnnxLimits, AModelIsDescribedWithoutItsValues) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "model.onnx", test::onnx_model({1, -1, 0}, 32));
    const auto found = check_onnx(folder / "model.onnx");
    ASSERT_EQ(found.inputs.size(), 1u);
    EXPECT_EQ(found.inputs[0].name, "picture");
    EXPECT_TRUE(found.inputs[0].float32);
    EXPECT_EQ(found.inputs[0].shape, (std::vector<std::int64_t>{1, 3, 32, 32}));
    ASSERT_EQ(found.outputs.size(), 1u);
    EXPECT_EQ(found.outputs[0].name, "logit");
    EXPECT_EQ(found.nodes, 3u);
    EXPECT_FALSE(found.mixes_batches);
}

TEST(OnnxLimits, ALengthThatIsLeftOpenAndAnOperatorThatMixesABatchAreSeen) {
    const test::TemporaryFolder folder;
    test::write_bytes(
        folder / "model.onnx",
        test::onnx_model({1, -1, 0}, 32, {.operation = "DynamicQuantizeLinear", .open = true}));
    const auto found = check_onnx(folder / "model.onnx");
    EXPECT_EQ(found.inputs.at(0).shape, (std::vector<std::int64_t>{-1, 3, 32, 32}));
    EXPECT_TRUE(found.mixes_batches);
}

TEST(OnnxLimits, HostileModelsAreRefusedWithASentence) {
    EXPECT_SAYS(refusal_with({.domain = "com.evil"}),
                "operator \"GlobalAveragePool\" is not one of ONNX's own but of \"com.evil\"");
    EXPECT_SAYS(refusal_with({.external = true}), "keeps values in another file");
    EXPECT_SAYS(refusal_with({.function = true}), "defines operators of its own");
    EXPECT_SAYS(refusal_with({.nested = 20}), "nested more than 4 times");
    EXPECT_SAYS(refusal_with({.size = std::uint64_t{1} << 62}), "impossible sizes");
    EXPECT_SAYS(refusal_with({.without_graph = true}), "no graph");
    EXPECT_SAYS(refusal(std::string("GIF89a")), "cannot be used: ");
    EXPECT_EQ(refusal(test::onnx_model({1, -1, 0}, 32)), test::kNothingThrown);
    EXPECT_EQ(refusal_with({.nested = 2}), test::kNothingThrown);
}

TEST(OnnxLimits, EveryTruncatedModelIsRefusedOrHarmless) {
    const auto whole = test::onnx_model({1, -1, 0}, 32);
    std::size_t refused = 0;
    for (std::size_t length = 0; length < whole.size(); ++length)
        refused += refusal(whole.substr(0, length)) != test::kNothingThrown;
    // Only the last field, the version of the operators, can go without harm.
    EXPECT_GE(refused, whole.size() - 8);
}

}  // namespace
}  // namespace dfd
