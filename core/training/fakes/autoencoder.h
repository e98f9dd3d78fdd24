// The autoencoder of a latent diffusion model, for pictures that went through one. Uses torch.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <opencv2/core/mat.hpp>
#include <string>

#include "core/base/dice.h"

namespace dfd {

/// A tiny autoencoder as published by the TAESD project (MIT): 3x3 convolutions and residual
/// blocks, eight pixels a latent cell. The files' tensors decide the number of layers and of latent
/// channels. Every generator of that family leaves its decoder's traces in a picture; a round trip
/// leaves the same kind of traces in a photograph.
class Autoencoder {
  public:
    /// Reads two state dicts (.pth). Throws CheckpointError, or TrainingError when the tensors are
    /// not those of such a network. Blocks.
    Autoencoder(const std::filesystem::path& encoder, const std::filesystem::path& decoder);

    /// 8-bit BGR in and out, of the same size; both sides must be multiples of 8. Adds Gaussian
    /// noise of this standard deviation (latent units, about 1 for a photograph) between encoder
    /// and decoder, drawn from `dice`. The bytes depend on the number of torch threads at most;
    /// callers that promise equal bytes run it on one. Thread-safe. Blocks for about two seconds a
    /// megapixel and core.
    [[nodiscard]] cv::Mat round_trip(const cv::Mat& bgr, double noise, Dice& dice) const;

    /// [1,3,H,W] in [0,1], RGB -> [1,L,H/8,W/8].
    [[nodiscard]] torch::Tensor encode(const torch::Tensor& pixels) const;
    /// [1,L,h,w] -> [1,3,8h,8w], clamped to [0,1].
    [[nodiscard]] torch::Tensor decode(const torch::Tensor& latent) const;

  private:
    using Layers = std::map<int, std::map<std::string, torch::Tensor>>;  ///< by index, then by name
    static Layers read(const std::filesystem::path& file);
    static torch::Tensor block(const std::map<std::string, torch::Tensor>& layer,
                               const torch::Tensor& x);

    Layers encoder_, decoder_;
};

}  // namespace dfd
