#include "core/networks/experts/formula_weights.h"

#include <cmath>
#include <map>
#include <stdexcept>

namespace dfd {
namespace {

std::uint64_t fnv1a(const std::string& text) {
    std::uint64_t hash = 0xCBF29CE484222325u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return hash;
}

float unit_value(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    x ^= x >> 31;
    return static_cast<float>(static_cast<double>(x >> 40) / 8388608.0 - 1.0);
}

enum class Kind { Kernel, Scale, ResponseScale, Bias, Mean, Variance };

Kind kind_of(const std::string& name, int64_t dimensions) {
    if (name.ends_with("running_var"))
        return Kind::Variance;
    if (name.ends_with("running_mean"))
        return Kind::Mean;
    if (name.ends_with("grn.weight"))
        return Kind::ResponseScale;
    if (name.ends_with("bias"))
        return Kind::Bias;
    return dimensions > 1 ? Kind::Kernel : Kind::Scale;
}

/// Gains that keep activations finite and non-zero through the last layer.
double kernel_gain(const std::string& architecture) {
    static const std::map<std::string, double> gains{
        {"convnextv2_atto", 1.4},       {"convnextv2_tiny", 1.4},    {"tf_efficientnet_b0", 1.41},
        {"tf_efficientnet_b4", 1.34},   {"tf_efficientnet_b5", 1.3}, {"tf_efficientnet_b6", 1.29},
        {"tf_efficientnet_lite0", 1.41}};
    const auto found = gains.find(architecture);
    return found != gains.end() ? found->second : 1.4;
}

}  // namespace

float formula_value(const std::string& tensor_name, std::uint64_t flat_index) {
    return unit_value(fnv1a(tensor_name) + flat_index);
}

void fill_by_formula(torch::Tensor tensor, const std::string& full_name, double gain) {
    const torch::NoGradGuard no_gradients;
    const auto kind = kind_of(full_name, tensor.dim());
    auto values = torch::empty(tensor.sizes(), torch::kFloat32);
    const auto count = values.numel();
    const float fan_in = static_cast<float>(count / std::max<int64_t>(tensor.size(0), 1));
    const float kernel_scale = std::sqrt(3.0f / fan_in) * static_cast<float>(gain);
    const auto value_of = [&](float u) {
        switch (kind) {
            case Kind::Kernel:
                return kernel_scale * u;
            case Kind::Scale:
                return 1.0f + 0.1f * u;
            case Kind::ResponseScale:
                return 0.5f * u;
            case Kind::Variance:
                return 1.0f + 0.5f * u;
            case Kind::Bias:
            case Kind::Mean:
                break;
        }
        return 0.1f * u;
    };
    const auto start = fnv1a(full_name);
    float* out = values.data_ptr<float>();
    for (int64_t i = 0; i < count; ++i)
        out[i] = value_of(unit_value(start + static_cast<std::uint64_t>(i)));
    tensor.copy_(values);
}

void fill_by_formula(ExpertNetwork& network, const std::string& architecture,
                     const std::string& parameter_prefix, const std::string& buffer_prefix) {
    const double gain = kernel_gain(architecture);
    for (auto& [name, tensor, parameter] : named_tensors(network))
        fill_by_formula(tensor, (parameter ? parameter_prefix : buffer_prefix) + name, gain);
}

}  // namespace dfd
