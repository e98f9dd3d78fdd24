#include "core/panel/weights_description.h"

#include <ATen/ops/isfinite.h>

#include "core/checkpoint/torch_checkpoint.h"
#include "core/panel/panel_record.h"
#include "core/panel/safetensors.h"

namespace dfd {
namespace {

std::string type_name(torch::ScalarType type) {
    switch (type) {
        case torch::kFloat32:
            return "float32";
        case torch::kFloat16:
            return "float16";
        case torch::kBFloat16:
            return "bfloat16";
        case torch::kFloat64:
            return "float64";
        case torch::kInt64:
            return "int64";
        default:
            return c10::toString(type);
    }
}

void add(WeightsDescription& description, const std::string& name, const torch::Tensor& tensor) {
    description.values += static_cast<std::uint64_t>(tensor.numel());
    description.tensors.push_back({name, type_name(tensor.scalar_type()), tensor.sizes().vec(),
                                   at::isfinite(tensor).all().item<bool>()});
}

WeightsDescription of(const StateDict& tensors, const std::string& container) {
    WeightsDescription description;
    description.container = container;
    for (const auto& [name, tensor] : tensors)
        add(description, name, tensor);
    return description;
}

WeightsDescription of(const std::map<std::int64_t, EmaState>& experts) {
    WeightsDescription description;
    description.container = "torch.save, EMA state";
    for (const auto& [index, state] : experts)
        for (size_t i = 0; i < state.shadow.size(); ++i)
            add(description, std::to_string(index) + ".shadow_params[" + std::to_string(i) + "]",
                state.shadow[i]);
    return description;
}

}  // namespace

WeightsDescription describe_weights(const std::filesystem::path& file) try {
    if (file.extension() == ".safetensors")
        return of(read_safetensors(file).tensors, "safetensors");
    try {
        return of(read_state_dict(file), "torch.save, state dict");
    } catch (const CheckpointError&) {
        // An EMA state is a dict of dicts. If the file is not one either, the first error is
        // reported.
        try {
            return of(read_ema_state(file));
        } catch (const CheckpointError&) {
        }
        throw;
    }
} catch (const CheckpointError& error) {
    throw PanelError(error.what());
}

}  // namespace dfd
