#include "core/training/experts/foreign_weights.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/wording.h"
#include "core/checkpoint/onnx_file.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 5> kOutsideBlocks{{{"conv_stem", "_conv_stem"},
                                              {"bn1", "_bn0"},
                                              {"conv_head", "_conv_head"},
                                              {"bn2", "_bn1"},
                                              {"classifier", "_fc"}}};
constexpr std::array<Pair, 8> kExpandingBlock{{{"conv_pw", "_expand_conv"},
                                               {"bn1", "_bn0"},
                                               {"conv_dw", "_depthwise_conv"},
                                               {"bn2", "_bn1"},
                                               {"se.conv_reduce", "_se_reduce"},
                                               {"se.conv_expand", "_se_expand"},
                                               {"conv_pwl", "_project_conv"},
                                               {"bn3", "_bn2"}}};
constexpr std::array<Pair, 6> kSeparableBlock{{{"conv_dw", "_depthwise_conv"},
                                               {"bn1", "_bn1"},
                                               {"se.conv_reduce", "_se_reduce"},
                                               {"se.conv_expand", "_se_expand"},
                                               {"conv_pw", "_project_conv"},
                                               {"bn2", "_bn2"}}};

/// The layer's other name followed by the rest (".weight"), or "" for an unknown layer.
template <std::size_t N>
std::string translated(const std::array<Pair, N>& layers, std::string_view name) {
    for (const auto& [ours, theirs] : layers)
        if (name.starts_with(ours) && name.substr(ours.size()).starts_with("."))
            return std::string(theirs) + std::string(name.substr(ours.size()));
    return {};
}

/// "blocks.S.B." of a tensor in a block, or "".
std::string block_of(const std::string& name) {
    if (!name.starts_with("blocks."))
        return {};
    const auto stage = name.find('.', 7);
    const auto block = stage == std::string::npos ? stage : name.find('.', stage + 1);
    return block == std::string::npos ? std::string() : name.substr(0, block + 1);
}

/// Weights and norms of an ONNX file by the names of Hugging Face's modules.
class ClipFile {
  public:
    explicit ClipFile(const std::filesystem::path& path) : path_(path), file_(read_onnx(path)) {
        for (const auto& node : file_.nodes)
            if (node.operation.starts_with("MatMul") && node.inputs.size() > 1)
                products_.emplace(node.name, node.inputs[1]);
    }

    [[nodiscard]] torch::Tensor tensor(const std::string& name) const {
        const auto found = file_.tensors.find(name);
        if (found == file_.tensors.end())
            throw TrainingError("The file " + quoted(path_) +
                                " is not the image tower of a CLIP model: " + quoted_name(name) +
                                " is missing.");
        return found->second;
    }
    /// The weight [out,in] of a linear layer, from its matrix product [in,out]. `layer` is a path
    /// such as "/vision_model/encoder/layers.0/mlp/fc1".
    [[nodiscard]] torch::Tensor weight(const std::string& layer) const {
        auto product = products_.find(layer + "/MatMul");
        if (product != products_.end())
            return tensor(product->second).to(torch::kFloat32).t().contiguous();
        product = products_.find(layer + "/MatMul_quant");
        if (product == products_.end())
            (void)tensor(layer + "/MatMul");  // reports that it is missing
        const auto stem = product->second.substr(0, product->second.rfind("_quantized"));
        if (tensor(stem + "_zero_point").any().item<bool>())
            throw TrainingError("The file " + quoted(path_) +
                                " stores weights with a zero point (" + quoted_name(stem) +
                                "), which is not supported.");
        return (tensor(product->second).to(torch::kFloat32) * tensor(stem + "_scale"))
            .t()
            .contiguous();
    }

  private:
    std::filesystem::path path_;
    OnnxFile file_;
    std::map<std::string, std::string> products_;  ///< node -> its second input
};

}  // namespace

StateDict clip_tensors(const std::filesystem::path& onnx) try {
    const ClipFile file(onnx);
    StateDict tensors;
    const auto norm = [&](const std::string& ours, const std::string& theirs) {
        for (const std::string part : {".weight", ".bias"})
            tensors.emplace_back(ours + part, file.tensor("vision_model." + theirs + part));
    };
    const std::string embeddings = "vision_model.embeddings.";
    tensors.emplace_back("cls_token", file.tensor(embeddings + "class_embedding").view({1, 1, -1}));
    tensors.emplace_back("pos_embed",
                         file.tensor(embeddings + "position_embedding.weight").unsqueeze(0));
    tensors.emplace_back("patch_embed.proj.weight",
                         file.tensor(embeddings + "patch_embedding.weight"));
    norm("norm_pre", "pre_layrnorm");  // spelled so
    for (int i = 0; i < 12; ++i) {
        const auto ours = "blocks." + std::to_string(i) + ".";
        const auto theirs = "encoder.layers." + std::to_string(i) + ".";
        const auto weight = [&](const std::string& layer) {
            return file.weight("/vision_model/encoder/layers." + std::to_string(i) + "/" + layer);
        };
        const auto bias = [&](const std::string& layer) {
            return file.tensor("vision_model." + theirs + layer + ".bias");
        };
        norm(ours + "norm1", theirs + "layer_norm1");
        norm(ours + "norm2", theirs + "layer_norm2");
        std::vector<torch::Tensor> weights, biases;
        for (const std::string part : {"q", "k", "v"}) {
            weights.push_back(weight("self_attn/" + part + "_proj"));
            biases.push_back(bias("self_attn." + part + "_proj"));
        }
        tensors.emplace_back(ours + "attn.qkv.weight", torch::cat(weights));
        tensors.emplace_back(ours + "attn.qkv.bias", torch::cat(biases));
        tensors.emplace_back(ours + "attn.proj.weight", weight("self_attn/out_proj"));
        tensors.emplace_back(ours + "attn.proj.bias", bias("self_attn.out_proj"));
        for (const std::string layer : {"fc1", "fc2"}) {
            tensors.emplace_back(ours + "mlp." + layer + ".weight", weight("mlp/" + layer));
            tensors.emplace_back(ours + "mlp." + layer + ".bias", bias("mlp." + layer));
        }
    }
    norm("norm", "post_layernorm");
    tensors.emplace_back("projection.weight", file.weight("/visual_projection"));
    return tensors;
} catch (const c10::Error&) {
    throw TrainingError("The file " + quoted(onnx) +
                        " has tensors of other shapes than a CLIP model's.");
}

std::map<std::string, std::string> efficientnet_pytorch_names(
    const std::vector<std::string>& names) {
    const std::set<std::string> all(names.begin(), names.end());
    std::vector<std::string> blocks;  // in the network's order, so the index is N
    std::map<std::string, std::string> to_timm;
    for (const auto& name : names) {
        const auto block = block_of(name);
        std::string other;
        if (block.empty()) {
            other = translated(kOutsideBlocks, name);
        } else {
            auto known = std::ranges::find(blocks, block);
            if (known == blocks.end())
                known = blocks.insert(blocks.end(), block);
            const auto inside = std::string_view(name).substr(block.size());
            other = all.contains(block + "conv_pwl.weight") ? translated(kExpandingBlock, inside)
                                                            : translated(kSeparableBlock, inside);
            if (!other.empty())
                other = "_blocks." + std::to_string(known - blocks.begin()) + "." + other;
        }
        if (other.empty())
            return {};
        to_timm.emplace(std::move(other), name);
    }
    return to_timm;
}

}  // namespace dfd
