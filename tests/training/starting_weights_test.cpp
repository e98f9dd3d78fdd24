#include "core/training/experts/starting_weights.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <map>

#include "core/networks/experts/formula_weights.h"
#include "core/panel/panel_record.h"
#include "core/panel/safetensors.h"
#include "core/training/experts/foreign_weights.h"
#include "core/training/manifest/training_error.h"
#include "tests/checkpoint/onnx_writer.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

using test::sentence_of;
using test::TemporaryFolder;

constexpr const char* kSmall = "convnextv2_atto";

std::shared_ptr<ExpertNetwork> filled(const std::string& seed, const std::string& kind = kSmall) {
    auto network = make_network(kind);
    fill_by_formula(*network, kind, seed, seed);
    return network;
}

StateDict state_of(ExpertNetwork& network, const std::string& prefix = "") {
    StateDict tensors;
    for (const auto& each : named_tensors(network))
        tensors.emplace_back(prefix + each.name, each.tensor.detach().clone());
    return tensors;
}

/// Number of equal tensors of two networks.
std::size_t equal_tensors(ExpertNetwork& a, ExpertNetwork& b) {
    const auto of_a = named_tensors(a);
    const auto of_b = named_tensors(b);
    std::size_t equal = 0;
    for (std::size_t i = 0; i < of_a.size(); ++i)
        equal += of_a[i].tensor.equal(of_b[i].tensor);
    return equal;
}

TEST(StartingWeights, FromOurOwnFileAndBelowAPrefix) {
    const TemporaryFolder folder;
    const auto source = filled("a.");
    for (const std::string prefix : {"", "model.", "module."}) {
        write_safetensors(folder / "w.safetensors", state_of(*source, prefix));
        const auto network = filled("b.");
        const auto text = load_starting_weights(*network, kSmall, folder / "w.safetensors");
        EXPECT_NE(text.find("w.safetensors"), std::string::npos);
        EXPECT_EQ(text.find("not loaded"), std::string::npos);
        EXPECT_EQ(equal_tensors(*network, *source), named_tensors(*source).size());
    }
}

TEST(StartingWeights, AcceptTheNamesOfEfficientNetPyTorch) {
    const TemporaryFolder folder;
    for (const std::string kind : {"tf_efficientnet_lite0", "tf_efficientnet_b0"}) {
        SCOPED_TRACE(kind);
        const auto source = filled("a.", kind);
        std::vector<std::string> names;
        for (const auto& each : named_tensors(*source))
            names.push_back(each.name);
        const auto translations = efficientnet_pytorch_names(names);
        ASSERT_EQ(translations.size(), names.size());
        EXPECT_EQ(translations.at("_conv_stem.weight"), "conv_stem.weight");
        EXPECT_EQ(translations.at("_bn0.running_mean"), "bn1.running_mean");
        EXPECT_EQ(translations.at("_blocks.0._depthwise_conv.weight"), "blocks.0.0.conv_dw.weight");
        EXPECT_EQ(translations.at("_blocks.0._bn1.bias"), "blocks.0.0.bn1.bias");
        EXPECT_EQ(translations.at("_blocks.0._project_conv.weight"), "blocks.0.0.conv_pw.weight");
        EXPECT_EQ(translations.at("_blocks.3._expand_conv.weight"), "blocks.2.0.conv_pw.weight");
        EXPECT_EQ(translations.at("_blocks.15._bn2.running_var"), "blocks.6.0.bn3.running_var");
        EXPECT_EQ(translations.at("_bn1.weight"), "bn2.weight");
        EXPECT_EQ(translations.at("_fc.bias"), "classifier.bias");
        EXPECT_EQ(translations.contains("_blocks.1._se_reduce.bias"), kind.ends_with("b0"));

        StateDict theirs;
        const auto ours = state_of(*source);
        for (const auto& [other, name] : translations)
            theirs.emplace_back(
                other, std::ranges::find(ours, name, &StateDict::value_type::first)->second);
        theirs.emplace_back("_bn0.num_batches_tracked", torch::zeros({}));
        write_safetensors(folder / "w.safetensors", theirs);
        const auto network = filled("b.", kind);
        (void)load_starting_weights(*network, kind, folder / "w.safetensors");
        EXPECT_EQ(equal_tensors(*network, *source), names.size());
    }
    EXPECT_TRUE(efficientnet_pytorch_names({"stem.0.weight"}).empty());
}

/// An image tower of CLIP with 12 narrow layers; the first layer's weights are float32.
void write_clip(const std::filesystem::path& file, std::int64_t width) {
    test::OnnxWriter writer;
    int count = 0;
    const auto linear = [&](const std::string& layer, std::int64_t in, std::int64_t out,
                            bool bias) {
        const auto weight = "onnx::MatMul_" + std::to_string(++count);
        if (layer.find("layers.0/") != std::string::npos) {
            writer.tensor(weight, torch::full({in, out}, static_cast<float>(count)));
            writer.node("/" + layer + "/MatMul", "MatMul", {"x", weight});
        } else {
            writer.tensor(weight + "_quantized",
                          torch::arange(in * out).remainder(100).to(torch::kInt8).view({in, out}));
            writer.tensor(weight + "_scale", torch::arange(1, out + 1).to(torch::kFloat32) / 8);
            writer.tensor(weight + "_zero_point", torch::zeros({out}, torch::kInt8));
            writer.node("/" + layer + "/MatMul_quant", "MatMulInteger",
                        {"x", weight + "_quantized", "zero", weight + "_zero_point"});
        }
        auto name = layer;
        std::ranges::replace(name, '/', '.');
        if (bias)
            writer.tensor(name + ".bias", torch::full({out}, static_cast<float>(count)));
    };
    const auto norm = [&](const std::string& name) {
        writer.tensor(name + ".weight", torch::ones({width}));
        writer.tensor(name + ".bias", torch::zeros({width}));
    };
    writer.tensor("vision_model.embeddings.class_embedding", torch::ones({width}));
    writer.tensor("vision_model.embeddings.position_embedding.weight", torch::ones({5, width}));
    writer.tensor("vision_model.embeddings.patch_embedding.weight", torch::ones({width, 3, 2, 2}));
    norm("vision_model.pre_layrnorm");
    norm("vision_model.post_layernorm");
    for (int i = 0; i < 12; ++i) {
        const auto layer = "vision_model/encoder/layers." + std::to_string(i) + "/";
        for (const std::string part : {"q_proj", "k_proj", "v_proj", "out_proj"})
            linear(layer + "self_attn/" + part, width, width, true);
        linear(layer + "mlp/fc1", width, 4 * width, true);
        linear(layer + "mlp/fc2", 4 * width, width, true);
        norm("vision_model.encoder.layers." + std::to_string(i) + ".layer_norm1");
        norm("vision_model.encoder.layers." + std::to_string(i) + ".layer_norm2");
    }
    linear("visual_projection", width, 3, false);
    test::write_bytes(file, writer.model());
}

TEST(StartingWeights, AClipModelIsReadFromOnnx) {
    const TemporaryFolder folder;
    constexpr std::int64_t kWidth = 4;
    write_clip(folder / "clip.onnx", kWidth);
    std::map<std::string, torch::Tensor> tensors;
    for (const auto& [name, tensor] : clip_tensors(folder / "clip.onnx"))
        tensors.emplace(name, tensor);
    std::vector<std::string> wanted;
    for (const auto& each : named_tensors(*make_network("clip_vit_b16")))
        if (!each.name.starts_with("classifier."))
            wanted.push_back(each.name);
    std::vector<std::string> got;
    for (const auto& [name, tensor] : tensors)
        got.push_back(name);
    std::ranges::sort(wanted);
    EXPECT_EQ(got, wanted);
    EXPECT_EQ(tensors.at("cls_token").sizes(), (std::vector<std::int64_t>{1, 1, kWidth}));
    EXPECT_EQ(tensors.at("pos_embed").sizes(), (std::vector<std::int64_t>{1, 5, kWidth}));
    const auto qkv = tensors.at("blocks.0.attn.qkv.bias");
    EXPECT_TRUE(qkv.equal(
        torch::tensor({1.0f, 1.0f, 1.0f, 1.0f, 2.0f, 2.0f, 2.0f, 2.0f, 3.0f, 3.0f, 3.0f, 3.0f})));
    // [out,in], each output with its own scale.
    const auto fc2 = tensors.at("blocks.3.mlp.fc2.weight");
    ASSERT_EQ(fc2.sizes(), (std::vector<std::int64_t>{kWidth, 4 * kWidth}));
    EXPECT_EQ(fc2[2][3].item<float>(), static_cast<float>(3 * kWidth + 2) * 3 / 8);
    EXPECT_EQ(tensors.at("projection.weight").sizes(), (std::vector<std::int64_t>{3, kWidth}));

    auto network = make_network("tf_efficientnet_b0");
    EXPECT_THROW(load_starting_weights(*network, "tf_efficientnet_b0", folder / "clip.onnx"),
                 TrainingError);
    test::OnnxWriter other;
    other.tensor("conv.weight", torch::ones({2}));
    test::write_bytes(folder / "other.onnx", other.model());
    EXPECT_NE(sentence_of<TrainingError>([&] {
                  (void)clip_tensors(folder / "other.onnx");
              }).find("class_embedding"),
              std::string::npos);
}

TEST(StartingWeights, SkipADifferentHead) {
    const TemporaryFolder folder;
    const auto source = filled("a.");
    auto tensors = state_of(*source);
    for (auto& [name, tensor] : tensors)
        if (name.starts_with("head.fc."))
            tensor = torch::zeros({1000, tensor.dim() > 1 ? tensor.size(1) : 1}).squeeze(1);
    write_safetensors(folder / "w.safetensors", tensors);
    const auto network = filled("b.");
    const auto before = filled("b.");
    const auto text = load_starting_weights(*network, kSmall, folder / "w.safetensors");
    EXPECT_NE(text.find("head.fc.weight, head.fc.bias"), std::string::npos) << text;
    EXPECT_EQ(equal_tensors(*network, *source), named_tensors(*source).size() - 2);
    EXPECT_GE(equal_tensors(*network, *before), 2u);
}

TEST(StartingWeights, AreRefusedWhenTheyDoNotFit) {
    const TemporaryFolder folder;
    const auto source = filled("a.");
    const auto sentence = [&](const std::function<void(StateDict&)>& change) {
        auto tensors = state_of(*source);
        change(tensors);
        write_safetensors(folder / "w.safetensors", tensors);
        const auto network = filled("b.");
        const auto before = filled("b.");
        auto text = sentence_of<TrainingError>([&] {
            static_cast<void>(load_starting_weights(*network, kSmall, folder / "w.safetensors"));
        });
        EXPECT_EQ(equal_tensors(*network, *before), named_tensors(*before).size());
        return text;
    };
    EXPECT_NE(sentence([](auto& t) { t.erase(t.begin() + 3); }).find("is missing"),
              std::string::npos);
    EXPECT_NE(sentence([](auto& t) { t[2].second = torch::zeros({3}); }).find("has shape [3]"),
              std::string::npos);
    EXPECT_NE(sentence([](auto& t) { t.emplace_back("extra", torch::zeros({3})); }).find("extra"),
              std::string::npos);
    EXPECT_NE(sentence([](auto& t) { t[0].second.view(-1)[0] = NAN; }).find("NaN"),
              std::string::npos);
}

TEST(StartingWeights, FromAPanelsExpert) {
    const TemporaryFolder folder;
    const auto source = filled("a.");
    ExpertRecord expert;
    expert.name = "one";
    expert.architecture = kSmall;
    expert.file = "one.safetensors";
    expert.gradcam_layer = find_architecture(kSmall).gradcam_layer;
    expert.sha256 = write_safetensors(folder / "one.safetensors", state_of(*source));
    PanelRecord panel;
    panel.name = "panel";
    panel.experts = {expert};
    write_panel(folder.path(), panel);
    for (const std::string which : {":one", ":0"}) {
        const auto network = filled("b.");
        const auto text = load_starting_weights(*network, kSmall, folder.path().native() + which);
        EXPECT_NE(text.find("one"), std::string::npos);
        EXPECT_EQ(equal_tensors(*network, *source), named_tensors(*source).size());
    }
    const auto network = filled("b.", "convnextv2_atto");
    const auto sentence = [&](const std::string& init, const std::string& architecture) {
        return sentence_of<TrainingError>(
            [&] { static_cast<void>(load_starting_weights(*network, architecture, init)); });
    };
    EXPECT_NE(sentence(folder.path().native() + ":two", kSmall).find("\"two\""), std::string::npos);
    EXPECT_NE(sentence(folder.path().native() + ":one", "trace_luma").find("trace_luma"),
              std::string::npos);
    EXPECT_NE(sentence("nowhere", kSmall).find("nowhere"), std::string::npos);
    EXPECT_NE(sentence((folder / "one.safetensors").native() + ":x", kSmall).find("number"),
              std::string::npos);
}

TEST(StartingWeights, AreIdentifiedByTheirBytes) {
    const TemporaryFolder folder;
    const auto file = folder / "w.pth";
    test::write_bytes(file, "these");
    const auto alone = starting_weights_digest(file);
    EXPECT_EQ(alone.size(), 64u);
    EXPECT_EQ(starting_weights_digest(file.native() + ":0"), alone);
    test::write_bytes(folder / "ema.state", "averages");
    const auto both = starting_weights_digest(file);
    EXPECT_NE(both, alone);
    test::write_bytes(folder / "ema.state", "others");
    EXPECT_NE(starting_weights_digest(file), both);
    test::write_bytes(file, "those");
    EXPECT_NE(starting_weights_digest(file).substr(0, 64), alone);

    const std::string starter = std::string(DFD_SOURCE_DIR) + "/tests/data/traces";
    const auto panel = read_panel(starter);
    EXPECT_EQ(starting_weights_digest(starter + ":0"), panel.experts.at(0).sha256);
    EXPECT_EQ(starting_weights_digest(starter + ":" + panel.experts.at(1).name),
              panel.experts.at(1).sha256);
    EXPECT_NE(sentence_of<TrainingError>([&] {
                  static_cast<void>(starting_weights_digest(folder / "none.pth"));
              }).find("none.pth"),
              std::string::npos);
}

}  // namespace
}  // namespace dfd
