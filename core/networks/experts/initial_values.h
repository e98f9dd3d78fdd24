// Layers with the values that training starts from or, where these would be replaced at once, none.
#pragma once

#include <torch/nn/modules/conv.h>

namespace dfd {

/// For as long as one lives, what the calling thread makes of the networks' large layers holds
/// undefined numbers, for a network that is loaded or filled at once, every tensor of it: drawing
/// the published panel's costs more than a second.
class WithoutInitialValues {
  public:
    WithoutInitialValues();
    ~WithoutInitialValues();
    WithoutInitialValues(const WithoutInitialValues&) = delete;
    WithoutInitialValues& operator=(const WithoutInitialValues&) = delete;
    [[nodiscard]] static bool active();

  private:
    bool before_;
};

/// A convolution whose weight is drawn from a normal distribution of this deviation around 0 and
/// whose bias, if any, is 0.
[[nodiscard]] torch::nn::Conv2d normal_convolution(const torch::nn::Conv2dOptions& options,
                                                   double deviation);

}  // namespace dfd
