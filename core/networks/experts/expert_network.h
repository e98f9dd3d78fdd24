// The interface of all expert networks: feature map, pooled features and logits.
#pragma once

#include <torch/nn/module.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

/// Options used only in training. Both are zero for scoring, as in the reference.
struct NetworkOptions {
    double dropout = 0;
    double stochastic_depth = 0;
};

/// What a trunk computes and a head reads. Made from a tensor alone for networks without tokens.
struct FeatureMap {
    torch::Tensor map;    ///< [N,C,h,w]: the last feature map (used by Grad-CAM)
    torch::Tensor token;  ///< [N,C]: a transformer's class token; undefined for other networks
    /// Rows of each window when the map is of windows, one below the other; 0: of whole pictures.
    std::int64_t window_rows = 0;

    FeatureMap(torch::Tensor map, torch::Tensor token = {},  // NOLINT(google-explicit-constructor)
               std::int64_t window_rows = 0)
        : map(std::move(map)), token(std::move(token)), window_rows(window_rows) {}

    /// The same with other values in the map, for gradients.
    [[nodiscard]] FeatureMap with_map(torch::Tensor other) const {
        return {std::move(other), token, window_rows};
    }
};

/// An expert, split into trunk, pooling and head, so that Grad-CAM only differentiates the head.
/// Tensor names equal those of timm 1.0.8 (and the published ones after "<i>.baseline_extractor.").
class ExpertNetwork : public torch::nn::Module {
  public:
    /// [N,3,H,W] preprocessed pixels -> the last feature map.
    virtual FeatureMap feature_map(const torch::Tensor& input) = 0;
    /// Windows of one picture -> the map of all of them, read as parts of that picture: what the
    /// network pools or compares over a picture, it does over all windows. `stacked` is
    /// [1,3,n*rows,W], the windows one below the other; so is the map [1,C,n*r,w]. For networks
    /// without tokens.
    virtual FeatureMap feature_map_of_windows(const torch::Tensor& stacked, std::int64_t rows);
    /// Pooled features [N,F], before any normalisation or linear layer of the head.
    virtual torch::Tensor pool(const FeatureMap& features) = 0;
    /// [N,2] logits (class 1 is deepfake), including pooling.
    virtual torch::Tensor logits(const FeatureMap& features) = 0;

    /// The only width and height of the input that the network takes; 0: any.
    [[nodiscard]] virtual int64_t input_side() const { return 0; }

    torch::Tensor forward(const torch::Tensor& input) { return logits(feature_map(input)); }
};

/// [1,C,n*rows,W] -> [n,C,rows,W] and back.
[[nodiscard]] torch::Tensor unstacked(const torch::Tensor& stacked, std::int64_t rows);
[[nodiscard]] torch::Tensor stacked(const torch::Tensor& windows);

/// An entry of the registry. A new expert needs a class, an entry and a golden.
struct Architecture {
    std::string name;
    int feature_width = 0;           ///< F of the pooled features
    std::string gradcam_layer;       ///< the layer whose output is the last feature map
    bool native_resolution = false;  ///< fully convolutional, for Resize::Native
    int input_side = 0;              ///< the only side of its square input; 0: any
    std::array<float, 3> mean{0.485f, 0.456f, 0.406f};  ///< of its input, RGB in 0..1
    std::array<float, 3> std{0.229f, 0.224f, 0.225f};
    std::function<std::shared_ptr<ExpertNetwork>(const NetworkOptions&)> make;
};

[[nodiscard]] const std::vector<Architecture>& architectures();

/// Throws std::invalid_argument with the known names in the message.
[[nodiscard]] const Architecture& find_architecture(const std::string& name);

/// A new network in eval mode, with its initial parameters (to be loaded or trained).
[[nodiscard]] std::shared_ptr<ExpertNetwork> make_network(const std::string& architecture,
                                                          const NetworkOptions& options = {});

/// All parameters, then all buffers, by name in registration order: the required content of a
/// checkpoint. Excludes `num_batches_tracked` counters, which do not affect scores.
struct NamedTensor {
    std::string name;
    torch::Tensor tensor;  ///< shares storage with the network
    bool parameter = true;
};
[[nodiscard]] std::vector<NamedTensor> named_tensors(ExpertNetwork& network);

}  // namespace dfd
