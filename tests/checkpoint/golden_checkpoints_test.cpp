// The corpus in golden/checkpoints: valid files equal expected.json, the others explain their
// fault.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "core/checkpoint/torch_checkpoint.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

fs::path corpus(const std::string& name) {
    return fs::path(DFD_TEST_DATA) / "checkpoints" / name;
}

json expected() {
    std::ifstream stream(corpus("expected.json"));
    return json::parse(stream);
}

const torch::Tensor& named(const StateDict& tensors, std::string_view name) {
    for (const auto& [key, tensor] : tensors)
        if (key == name)
            return tensor;
    throw std::runtime_error("no tensor " + std::string(name));
}

std::string refusal(const std::string& name) {
    return test::sentence_of<CheckpointError>([&] { (void)read_state_dict(corpus(name)); });
}

class GoldenWeights : public testing::TestWithParam<const char*> {};

TEST_P(GoldenWeights, EqualExpected) {
    const auto want = expected().at("weight");
    const auto tensors = read_state_dict(corpus(GetParam()));
    ASSERT_EQ(tensors.size(), want.size());
    for (const auto& [name, tensor] : tensors) {
        SCOPED_TRACE(name);
        const auto& entry = want.at(name);
        EXPECT_EQ(tensor.sizes().vec(), entry.at("shape").get<std::vector<std::int64_t>>());
        EXPECT_EQ(tensor.is_floating_point(), entry.at("dtype") == "torch.float32");
        EXPECT_TRUE(tensor.is_cpu());
        const auto flat = tensor.to(torch::kFloat64).contiguous();
        const auto values = entry.at("values").get<std::vector<double>>();
        ASSERT_EQ(static_cast<std::size_t>(flat.numel()), values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            ASSERT_EQ(flat.data_ptr<double>()[i], values[i]) << "element " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Containers, GoldenWeights,
                         testing::Values("weight_cpu.pth", "weight_cuda.pth", "weight_legacy.pth"),
                         [](const auto& info) {
                             const std::string name = info.param;
                             return name.substr(0, name.find('.'));
                         });

TEST(GoldenCheckpoints, KeepsTheOrderOfTheFile) {
    const auto tensors = read_state_dict(corpus("weight_cuda.pth"));
    ASSERT_GE(tensors.size(), 3u);
    EXPECT_EQ(tensors[0].first, "0.0.weight");
    EXPECT_EQ(tensors[1].first, "0.0.bias");
    EXPECT_EQ(tensors[2].first, "0.1.weight");
}

class GoldenEma : public testing::TestWithParam<const char*> {};

TEST_P(GoldenEma, EqualsExpected) {
    const auto want = expected().at("ema");
    const auto states = read_ema_state(corpus(GetParam()));
    ASSERT_EQ(states.size(), want.size());
    for (const auto& [index, state] : states) {
        SCOPED_TRACE(index);
        const auto& entry = want.at(std::to_string(index));
        EXPECT_EQ(state.decay, entry.at("decay").get<double>());
        EXPECT_EQ(state.updates.has_value(), !entry.at("num_updates").is_null());
        if (state.updates) {
            EXPECT_EQ(*state.updates, entry.at("num_updates").get<std::int64_t>());
        }
        const auto& shapes = entry.at("shadow_shapes");
        ASSERT_EQ(state.shadow.size(), shapes.size());
        for (std::size_t i = 0; i < shapes.size(); ++i) {
            EXPECT_EQ(state.shadow[i].sizes().vec(), shapes[i].get<std::vector<std::int64_t>>());
            EXPECT_EQ(state.shadow[i].flatten()[0].item<double>(),
                      entry.at("shadow_first")[i].get<double>());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Containers, GoldenEma, testing::Values("ema_cpu.state", "ema_cuda.state"),
                         [](const auto& info) {
                             const std::string name = info.param;
                             return name.substr(0, name.find('.'));
                         });

TEST(GoldenCheckpoints, ViewsAndNarrowTypes) {
    const auto tensors = read_state_dict(corpus("views.pth"));
    const auto& half = named(tensors, "half");
    EXPECT_EQ(half.scalar_type(), torch::kFloat16);
    EXPECT_EQ(half.sizes(), (std::vector<std::int64_t>{4, 6}));
    const auto& strided = named(tensors, "strided");
    EXPECT_EQ(strided.sizes(), (std::vector<std::int64_t>{3, 4}));
    EXPECT_EQ(strided.strides(), (std::vector<std::int64_t>{1, 6}));
    // A transposed view of the same storage, starting at element 1.
    EXPECT_TRUE(strided.equal(half.slice(1, 1, 4).t()));
    const auto& scalar = named(tensors, "scalar");
    EXPECT_EQ(scalar.scalar_type(), torch::kInt64);
    EXPECT_EQ(scalar.dim(), 0);
    const auto& brain = named(tensors, "bf16");
    EXPECT_EQ(brain.scalar_type(), torch::kBFloat16);
    EXPECT_TRUE(torch::isfinite(brain).all().item<bool>());
}

TEST(GoldenCheckpoints, AFlippedBitNamesTheTensor) {
    const auto sentence = refusal("bitflip.pth");
    EXPECT_NE(sentence.find("checksum"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("bitflip.pth"), std::string::npos) << sentence;
    // Any tensor name of the good file will do: its bytes differ there.
    const auto good = read_state_dict(corpus("weight_cuda.pth"));
    const auto names = std::count_if(good.begin(), good.end(), [&](const auto& item) {
        return sentence.find("the tensor \"" + item.first + "\"") != std::string::npos;
    });
    EXPECT_EQ(names, 1) << sentence;
}

TEST(GoldenCheckpoints, AHostilePickleIsReportedAndNotRun) {
    const fs::path mark = "/tmp/pwned-by-checkpoint";
    const bool before = fs::exists(mark);
    const auto sentence = refusal("hostile.pth");
    EXPECT_NE(sentence.find("\"posix.system\""), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("nothing was run"), std::string::npos) << sentence;
    EXPECT_EQ(fs::exists(mark), before);
}

TEST(GoldenCheckpoints, DamagedFilesAreExplained) {
    const test::TemporaryFolder folder;
    const auto pointer = folder / "pointer.pth";
    test::write_bytes(pointer,
                      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 1\n");
    const std::vector<std::pair<std::string, std::string>> cases{
        {refusal("truncated.pth"), "cut off"},
        {refusal("bitflip.pth"), "checksum"},
        {refusal("hostile.pth"), "rejected"},
        {refusal("not_a_checkpoint.pth"), "web page"},
        {refusal("empty.pth"), "empty"},
        {test::sentence_of<CheckpointError>([&] { (void)read_state_dict(pointer); }), "Git LFS"},
        {refusal("no-such-file.pth"), "cannot be opened"},
        {test::sentence_of<CheckpointError>([&] { (void)read_state_dict(folder.path()); }),
         "folder"}};
    std::set<std::string> sentences;
    for (const auto& [sentence, part] : cases) {
        EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
        EXPECT_EQ(sentence.back(), '.') << sentence;
        sentences.insert(sentence.substr(sentence.find('"', 1)));  // without the file's name
    }
    EXPECT_EQ(sentences.size(), cases.size());
}

TEST(GoldenCheckpoints, ExplainsWhenTheTwoFilesAreSwapped) {
    EXPECT_NE(refusal("ema_cuda.state").find("not a state dict"), std::string::npos);
    const auto sentence =
        test::sentence_of<CheckpointError>([] { (void)read_ema_state(corpus("weight_cuda.pth")); });
    EXPECT_NE(sentence.find("not an EMA state"), std::string::npos) << sentence;
}

TEST(GoldenCheckpoints, ProgressEndsAtAllBytesAndMayStop) {
    std::uint64_t last = 0, all = 0;
    (void)read_state_dict(corpus("weight_cuda.pth"),
                          [&](std::uint64_t done, std::uint64_t total, const std::string&) {
                              EXPECT_GE(done, last);
                              last = done;
                              all = total;
                          });
    EXPECT_GT(all, 0u);
    EXPECT_EQ(last, all);
    struct Stop {};
    EXPECT_THROW(
        (void)read_state_dict(corpus("weight_cuda.pth"), [](std::uint64_t, std::uint64_t,
                                                            const std::string&) { throw Stop(); }),
        Stop);
}

TEST(GoldenCheckpoints, WritingToATensorLeavesTheFileAlone) {
    const auto before = test::file_bytes(corpus("weight_cpu.pth"));
    for (auto& [name, tensor] : read_state_dict(corpus("weight_cpu.pth")))
        tensor.zero_();
    EXPECT_EQ(test::file_bytes(corpus("weight_cpu.pth")), before);
}

}  // namespace
}  // namespace dfd
