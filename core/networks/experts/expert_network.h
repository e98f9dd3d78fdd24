// The one interface of every expert: feature map, pooled features, logits.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dfd {

/// Options that only training uses; scoring leaves both at zero as the reference does.
struct NetworkOptions {
    double dropout = 0;
    double stochastic_depth = 0;
};

/// An expert: trunk, pooling and head, split so that Grad-CAM differentiates the head alone.
/// Tensor names equal timm 1.0.8's (and the published ones after "<i>.baseline_extractor.").
class ExpertNetwork : public torch::nn::Module {
  public:
    /// [N,3,H,W] preprocessed pixels -> [N,C,h,w], the last feature map (Grad-CAM's layer).
    virtual torch::Tensor feature_map(const torch::Tensor& input) = 0;
    /// [N,C,h,w] -> [N,C], before any normalisation or linear layer of the head.
    virtual torch::Tensor pool(const torch::Tensor& feature_map) = 0;
    /// [N,C,h,w] -> [N,2] logits (class 1 is deepfake); pooling included.
    virtual torch::Tensor logits(const torch::Tensor& feature_map) = 0;

    torch::Tensor forward(const torch::Tensor& input) { return logits(feature_map(input)); }
};

/// One line of the registry. A new expert is a class, a line there, and a golden.
struct Architecture {
    std::string name;
    int feature_width = 0;           ///< C of the last feature map
    std::string gradcam_layer;       ///< name of the layer whose output is the last feature map
    bool native_resolution = false;  ///< fully convolutional, made for Resize::Native
    std::function<std::shared_ptr<ExpertNetwork>(const NetworkOptions&)> make;
};

[[nodiscard]] const std::vector<Architecture>& architectures();

/// Throws std::invalid_argument whose sentence lists the known names.
[[nodiscard]] const Architecture& find_architecture(const std::string& name);

/// A new network in eval mode, parameters as its constructors leave them (to be loaded or trained).
[[nodiscard]] std::shared_ptr<ExpertNetwork> make_network(const std::string& architecture,
                                                          const NetworkOptions& options = {});

/// Every parameter, then every buffer, by name in registration order: what a checkpoint must hold.
/// `num_batches_tracked` counters are left out (they have no influence on a score).
struct NamedTensor {
    std::string name;
    torch::Tensor tensor;  ///< shares storage with the network
    bool parameter = true;
};
[[nodiscard]] std::vector<NamedTensor> named_tensors(ExpertNetwork& network);

}  // namespace dfd
