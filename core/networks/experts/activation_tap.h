// Captures the output of one layer of a network, with a gradient. Depends on torch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// A layer whose output is a map [N,C,rows,columns].
struct TappedLayer {
    std::string name;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
};

/// While an object exists, the output of layer `layer` on its thread (see `tapped`) is replaced by
/// a leaf tensor that requires a gradient, and gradients are enabled from there on. Earlier layers
/// need no memory for gradients; later ones can be differentiated with respect to `activation()`.
/// With an empty name nothing is replaced and the layers are only listed. At most one per thread.
/// The destructor restores the thread's grad mode. Not for training.
class ActivationTap {
  public:
    explicit ActivationTap(std::string layer);
    ~ActivationTap();
    ActivationTap(const ActivationTap&) = delete;
    ActivationTap& operator=(const ActivationTap&) = delete;

    /// [N,C,h,w]; undefined until the layer has run.
    [[nodiscard]] const torch::Tensor& activation() const { return activation_; }
    /// All layers that ran so far, in order.
    [[nodiscard]] const std::vector<TappedLayer>& passed() const { return passed_; }

  private:
    friend torch::Tensor tapped(std::string_view layer, const torch::Tensor& output);
    friend bool tapping();

    std::string layer_;
    torch::Tensor activation_;
    std::vector<TappedLayer> passed_;
    bool gradients_before_;
};

/// Networks pass each layer's output through this function. It returns the output unchanged unless
/// a tap on this thread captures that layer. Throws std::length_error when a captured layer runs a
/// second time, which happens when a large picture is read in tiles.
[[nodiscard]] torch::Tensor tapped(std::string_view layer, const torch::Tensor& output);

/// Whether a tap on this thread captures a layer.
[[nodiscard]] bool tapping();

/// While an object exists, norms after the pooling in this thread's networks treat their divisor as
/// a constant, so that their output is linear in the feature map.
class HeldDivisors {
  public:
    HeldDivisors();
    ~HeldDivisors();
    HeldDivisors(const HeldDivisors&) = delete;
    HeldDivisors& operator=(const HeldDivisors&) = delete;

    /// For a norm: whether to treat its divisor as a constant. If so, records that one did.
    [[nodiscard]] static bool active();
    /// Whether any norm treated its divisor as a constant.
    [[nodiscard]] bool held() const { return held_; }

  private:
    bool held_ = false;
};

}  // namespace dfd
