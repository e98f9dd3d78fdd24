#include "core/networks/experts/initial_values.h"

#include <torch/nn/init.h>

namespace dfd {
namespace {

namespace nn = torch::nn;
thread_local bool without_values = false;

/// LibTorch's layers draw random values in the constructor, so create a tiny one and resize it.
nn::Conv2d undefined_convolution(const nn::Conv2dOptions& options) {
    nn::Conv2d layer(nn::Conv2dOptions(1, 1, 1).bias(options.bias()));
    layer->options.in_channels(options.in_channels())
        .out_channels(options.out_channels())
        .kernel_size(options.kernel_size())
        .stride(options.stride())
        .padding(options.padding())
        .dilation(options.dilation())
        .groups(options.groups());
    const auto& kernel = *options.kernel_size();
    layer->weight.set_data(torch::empty(
        {options.out_channels(), options.in_channels() / options.groups(), kernel[0], kernel[1]}));
    if (options.bias())
        layer->bias.set_data(torch::empty({options.out_channels()}));
    return layer;
}

}  // namespace

WithoutInitialValues::WithoutInitialValues() : before_(without_values) {
    without_values = true;
}

WithoutInitialValues::~WithoutInitialValues() {
    without_values = before_;
}

bool WithoutInitialValues::active() {
    return without_values;
}

nn::Conv2d normal_convolution(const nn::Conv2dOptions& options, double deviation) {
    if (WithoutInitialValues::active())
        return undefined_convolution(options);
    nn::Conv2d layer(options);
    nn::init::normal_(layer->weight, 0, deviation);
    if (options.bias())
        nn::init::zeros_(layer->bias);
    return layer;
}

}  // namespace dfd
