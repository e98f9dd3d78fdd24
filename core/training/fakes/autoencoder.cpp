#include "core/training/fakes/autoencoder.h"

#include <torch/torch.h>

#include <charconv>

#include "core/base/wording.h"
#include "core/checkpoint/torch_checkpoint.h"
#include "core/training/fakes/picture_tensor.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, torch::Tensor>;

torch::Tensor convolve(const torch::Tensor& x, const Tensors& layer, const std::string& name,
                       int64_t stride = 1) {
    const auto& weight = layer.at(name + "weight");
    const auto bias = layer.find(name + "bias");
    return torch::conv2d(x, weight, bias == layer.end() ? torch::Tensor() : bias->second, stride,
                         weight.size(2) / 2);
}

bool is_block(const Tensors& layer) {
    return layer.contains("conv.0.weight");
}
bool has_bias(const Tensors& layer) {
    return layer.contains("bias");
}

void check_layer(const Tensors& layer, int index, const fs::path& file) {
    static const std::vector<std::string> block{"conv.0.weight", "conv.0.bias",   "conv.2.weight",
                                                "conv.2.bias",   "conv.4.weight", "conv.4.bias"};
    static const std::vector<std::string> pool{"pool.0.weight", "pool.1.weight", "pool.1.bias",
                                               "pool.3.weight"};
    static const std::vector<std::string> plain{"weight"};
    auto wanted = is_block(layer) ? block : plain;
    if (layer.contains("pool.0.weight"))
        wanted.insert(wanted.end(), pool.begin(), pool.end());
    for (const auto& name : wanted)
        if (!layer.contains(name))
            throw TrainingError("The autoencoder " + quoted(file) + " lacks the tensor " +
                                std::to_string(index) + "." + name + ".");
    for (const auto& [name, tensor] : layer) {
        const bool kernel = name.ends_with("weight") && name != "pool.1.weight";
        if (tensor.dim() != (kernel ? 4 : 1))
            throw TrainingError("The tensor " + std::to_string(index) + "." + name +
                                " of the autoencoder " + quoted(file) +
                                " has an unexpected number of dimensions.");
    }
}

}  // namespace

Autoencoder::Autoencoder(const fs::path& encoder, const fs::path& decoder)
    : encoder_(read(encoder)), decoder_(read(decoder)) {
    // One pass of each finds shapes that do not fit together.
    try {
        const auto pixels = torch::zeros({1, 3, 16, 16});
        const auto decoded = decode(encode(pixels));
        if (decoded.sizes() != pixels.sizes())
            throw TrainingError("The autoencoder " + quoted(encoder) + " and " + quoted(decoder) +
                                " does not return a picture of the same size.");
    } catch (const c10::Error&) {
        throw TrainingError("The autoencoder's files " + quoted(encoder) + " and " +
                            quoted(decoder) + " do not fit together.");
    }
}

Autoencoder::Layers Autoencoder::read(const fs::path& file) {
    Layers layers;
    for (const auto& [name, tensor] : read_state_dict(file)) {
        int index = 0;
        const auto* const end = name.data() + name.size();
        const auto parsed = std::from_chars(name.data(), end, index);
        if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != '.')
            throw TrainingError("The tensor " + quoted_name(name) + " of " + quoted(file) +
                                " is not one of a TAESD autoencoder.");
        layers[index].emplace(std::string(parsed.ptr + 1, end),
                              tensor.to(torch::kFloat32).contiguous());
    }
    if (layers.empty())
        throw TrainingError("The autoencoder " + quoted(file) + " has no tensors.");
    for (const auto& [index, layer] : layers)
        check_layer(layer, index, file);
    return layers;
}

torch::Tensor Autoencoder::block(const Tensors& layer, const torch::Tensor& input) {
    auto x = input;
    if (layer.contains("pool.0.weight")) {
        auto side = convolve(x, layer, "pool.0.");
        side = torch::relu(
            torch::group_norm(side, 4, layer.at("pool.1.weight"), layer.at("pool.1.bias"), 1e-5));
        x = x + convolve(side, layer, "pool.3.");
    }
    auto inner = torch::relu(convolve(x, layer, "conv.0."));
    inner = torch::relu(convolve(inner, layer, "conv.2."));
    return torch::relu(convolve(inner, layer, "conv.4.") + x);
}

torch::Tensor Autoencoder::encode(const torch::Tensor& pixels) const {
    const torch::NoGradGuard no_gradients;
    auto x = pixels;
    // The convolutions without a bias halve the size.
    for (const auto& [index, layer] : encoder_)
        x = is_block(layer) ? block(layer, x) : convolve(x, layer, "", has_bias(layer) ? 1 : 2);
    return x;
}

torch::Tensor Autoencoder::decode(const torch::Tensor& latent) const {
    const torch::NoGradGuard no_gradients;
    auto x = torch::tanh(latent / 3) * 3;
    const auto first = decoder_.begin()->first;
    for (const auto& [index, layer] : decoder_) {
        if (is_block(layer)) {
            x = block(layer, x);
            continue;
        }
        if (!has_bias(layer))  // follows a doubling of the size
            x = torch::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
        x = convolve(x, layer, "");
        if (index == first)
            x = torch::relu(x);
    }
    return x.clamp(0, 1);
}

cv::Mat Autoencoder::round_trip(const cv::Mat& bgr, double noise, Dice& dice) const {
    CV_Assert(bgr.rows % 8 == 0 && bgr.cols % 8 == 0);
    const torch::NoGradGuard no_gradients;
    auto latent = encode(tensor_of(bgr));
    if (noise > 0) {
        auto drawn = torch::empty(latent.sizes());
        auto* const values = drawn.data_ptr<float>();
        for (int64_t i = 0; i < drawn.numel(); ++i)
            values[i] = static_cast<float>(dice.gaussian());
        latent = latent + noise * drawn;
    }
    return picture_of(decode(latent));
}

}  // namespace dfd
