#include "core/networks/experts/clip_vit.h"

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/normalization.h>

#include <cmath>
#include <string>

#include "core/networks/experts/activation_tap.h"
#include "core/networks/experts/initial_values.h"

namespace dfd {
namespace {

namespace nn = torch::nn;
constexpr double kEpsilon = 1e-5;
constexpr double kDeviation = 0.02;  // of initial weights

struct Size {
    int64_t side, patch, width, depth, heads, embedding;
    [[nodiscard]] int64_t grid() const { return side / patch; }
};
constexpr Size kBase16{224, 16, 768, 12, 12, 512};

torch::Tensor initial(torch::IntArrayRef sizes) {
    return WithoutInitialValues::active() ? torch::empty(sizes)
                                          : torch::randn(sizes).mul_(kDeviation);
}

nn::LayerNorm layer_norm(int64_t width) {
    return nn::LayerNorm(nn::LayerNormOptions({width}).eps(kEpsilon));
}

class Linear : public nn::Module {
  public:
    Linear(int64_t in, int64_t out, bool bias = true)
        : weight_(register_parameter("weight", initial({out, in}))) {
        if (bias)
            bias_ = register_parameter("bias", torch::zeros({out}));
    }
    torch::Tensor forward(const torch::Tensor& x) { return torch::linear(x, weight_, bias_); }

  private:
    torch::Tensor weight_, bias_;
};

class Attention : public nn::Module {
  public:
    explicit Attention(const Size& size)
        : heads_(size.heads),
          qkv_(register_module("qkv", std::make_shared<Linear>(size.width, 3 * size.width))),
          proj_(register_module("proj", std::make_shared<Linear>(size.width, size.width))) {}
    torch::Tensor forward(const torch::Tensor& x) {
        const auto tokens = x.size(1), width = x.size(2), each = width / heads_;
        const auto qkv =
            qkv_->forward(x).view({-1, tokens, 3, heads_, each}).permute({2, 0, 3, 1, 4});
        const auto scale = 1 / std::sqrt(static_cast<double>(each));
        const auto weights =
            torch::softmax(torch::matmul(qkv[0] * scale, qkv[1].transpose(2, 3)), -1);
        return proj_->forward(
            torch::matmul(weights, qkv[2]).transpose(1, 2).reshape({-1, tokens, width}));
    }

  private:
    int64_t heads_;
    std::shared_ptr<Linear> qkv_, proj_;
};

class Mlp : public nn::Module {
  public:
    explicit Mlp(int64_t width)
        : fc1_(register_module("fc1", std::make_shared<Linear>(width, 4 * width))),
          fc2_(register_module("fc2", std::make_shared<Linear>(4 * width, width))) {}
    torch::Tensor forward(const torch::Tensor& x) {
        const auto wide = fc1_->forward(x);
        return fc2_->forward(wide * torch::sigmoid(1.702 * wide));  // OpenAI's "quick GELU"
    }

  private:
    std::shared_ptr<Linear> fc1_, fc2_;
};

class Block : public nn::Module {
  public:
    explicit Block(const Size& size)
        : norm1_(register_module("norm1", layer_norm(size.width))),
          attention_(register_module("attn", std::make_shared<Attention>(size))),
          norm2_(register_module("norm2", layer_norm(size.width))),
          mlp_(register_module("mlp", std::make_shared<Mlp>(size.width))) {}
    torch::Tensor forward(const torch::Tensor& input) {
        const auto x = input + attention_->forward(norm1_->forward(input));
        return x + mlp_->forward(norm2_->forward(x));
    }

  private:
    nn::LayerNorm norm1_;
    std::shared_ptr<Attention> attention_;
    nn::LayerNorm norm2_;
    std::shared_ptr<Mlp> mlp_;
};

class ClipVit : public ExpertNetwork {
  public:
    ClipVit(const Size& size, const NetworkOptions& options)
        : size_(size), dropout_(options.dropout) {
        class_token_ = register_parameter("cls_token", initial({1, 1, size.width}));
        positions_ = register_parameter("pos_embed",
                                        initial({1, size.grid() * size.grid() + 1, size.width}));
        auto embed = register_module("patch_embed", std::make_shared<nn::Module>());
        patches_ = embed->register_module(
            "proj", normal_convolution(
                        nn::Conv2dOptions(3, size.width, size.patch).stride(size.patch).bias(false),
                        kDeviation));
        norm_before_ = register_module("norm_pre", layer_norm(size.width));
        auto blocks = register_module("blocks", std::make_shared<nn::Module>());
        for (int64_t i = 0; i < size.depth; ++i)
            blocks_.push_back(
                blocks->register_module(std::to_string(i), std::make_shared<Block>(size)));
        norm_ = register_module("norm", layer_norm(size.width));
        projection_ = register_module("projection",
                                      std::make_shared<Linear>(size.width, size.embedding, false));
        classifier_ = register_module("classifier", std::make_shared<Linear>(size.embedding, 2));
    }

    [[nodiscard]] int64_t input_side() const override { return size_.side; }

    FeatureMap feature_map(const torch::Tensor& input) override {
        TORCH_CHECK(input.size(2) == size_.side && input.size(3) == size_.side,
                    "the input of this network is ", size_.side, " pixels wide and high");
        const auto patches = patches_->forward(input).flatten(2).transpose(1, 2);
        auto x = torch::cat({class_token_.expand({input.size(0), -1, -1}), patches}, 1);
        x = norm_before_->forward(x + positions_);
        auto features = as_map(x);
        for (std::size_t i = 0; i + 1 < blocks_.size(); ++i) {
            features = as_map(blocks_[i]->forward(x));
            features.map = tapped("blocks." + std::to_string(i), features.map);
            x = as_tokens(features);
        }
        return features;
    }
    torch::Tensor pool(const FeatureMap& features) override {
        const auto x = norm_->forward(blocks_.back()->forward(as_tokens(features)).select(1, 0));
        const auto embedding = projection_->forward(x);
        return embedding / embedding.norm(2, -1, /*keepdim=*/true);
    }
    torch::Tensor logits(const FeatureMap& features) override {
        return classifier_->forward(torch::dropout(pool(features), dropout_, is_training()));
    }

  private:
    /// [N,1+h*w,C] -> the class token and the patches as a map.
    [[nodiscard]] FeatureMap as_map(const torch::Tensor& x) const {
        const auto grid = size_.grid();
        return {x.slice(1, 1).transpose(1, 2).reshape({-1, size_.width, grid, grid}),
                x.select(1, 0)};
    }
    static torch::Tensor as_tokens(const FeatureMap& features) {
        TORCH_CHECK(features.token.defined(), "this network's head reads the class token too");
        return torch::cat({features.token.unsqueeze(1), features.map.flatten(2).transpose(1, 2)},
                          1);
    }

    Size size_;
    double dropout_;
    torch::Tensor class_token_, positions_;
    nn::Conv2d patches_{nullptr};
    nn::LayerNorm norm_before_{nullptr}, norm_{nullptr};
    std::vector<std::shared_ptr<Block>> blocks_;
    std::shared_ptr<Linear> projection_, classifier_;
};

}  // namespace

std::vector<Architecture> clip_vit_architectures() {
    Architecture base16;
    base16.name = "clip_vit_b16";
    base16.feature_width = static_cast<int>(kBase16.embedding);
    base16.gradcam_layer = "blocks.10";  // its output enters the last block
    base16.input_side = static_cast<int>(kBase16.side);
    base16.mean = {0.48145466f, 0.4578275f, 0.40821073f};
    base16.std = {0.26862954f, 0.26130258f, 0.27577711f};
    base16.make = [](const NetworkOptions& options) {
        return std::make_shared<ClipVit>(kBase16, options);
    };
    return {base16};
}

}  // namespace dfd
