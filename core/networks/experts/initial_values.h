// Layer initialisation: the initial values for training, or none when they are overwritten anyway.
#pragma once

#include <torch/nn/modules/conv.h>

namespace dfd {

/// While an object exists, large layers created on this thread have uninitialised values. For
/// networks whose tensors are all loaded or filled right away: random values for the published
/// panel take more than a second.
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

/// A convolution with weights from a normal distribution with mean 0 and this standard deviation.
/// The bias, if any, is 0.
[[nodiscard]] torch::nn::Conv2d normal_convolution(const torch::nn::Conv2dOptions& options,
                                                   double deviation);

}  // namespace dfd
