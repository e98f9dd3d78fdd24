// Cutting a network open at one of its layers. Sees torch.
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

/// While one is alive, what runs on its thread through `tapped` under the name `layer` goes on from
/// a leaf that requires a gradient, and with gradients enabled: what came before costs no memory,
/// what comes after can be differentiated with respect to `activation()`. An empty name cuts
/// nothing and lists the layers that are passed. One at a time on a thread; its end restores the
/// thread's grad mode. Not for training.
class ActivationTap {
  public:
    explicit ActivationTap(std::string layer);
    ~ActivationTap();
    ActivationTap(const ActivationTap&) = delete;
    ActivationTap& operator=(const ActivationTap&) = delete;

    /// [N,C,h,w]; undefined until the layer was passed.
    [[nodiscard]] const torch::Tensor& activation() const { return activation_; }
    /// Every layer passed so far, in order.
    [[nodiscard]] const std::vector<TappedLayer>& passed() const { return passed_; }

  private:
    friend torch::Tensor tapped(std::string_view layer, const torch::Tensor& output);

    std::string layer_;
    torch::Tensor activation_;
    std::vector<TappedLayer> passed_;
    bool gradients_before_;
};

/// A network hands each layer's output through here: it comes back as it is unless a tap on this
/// thread asked for that layer. Throws std::length_error, a sentence, when the layer is passed a
/// second time, as happens where a large picture is read in tiles.
[[nodiscard]] torch::Tensor tapped(std::string_view layer, const torch::Tensor& output);

/// While one is alive, norms behind the pooling of its thread's networks take the number by which
/// they divide for a constant, so that what they give is linear in the feature map.
class HeldDivisors {
  public:
    HeldDivisors();
    ~HeldDivisors();
    HeldDivisors(const HeldDivisors&) = delete;
    HeldDivisors& operator=(const HeldDivisors&) = delete;

    /// For a norm: whether to hold its divisor. Remembers that one was held.
    [[nodiscard]] static bool active();
    /// Whether any norm has held its divisor.
    [[nodiscard]] bool held() const { return held_; }

  private:
    bool held_ = false;
};

}  // namespace dfd
