// Describes a weights file without loading it into a network. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd {

struct TensorDescription {
    std::string name;
    std::string type;  ///< "float32", "float16", "int64", ...
    std::vector<std::int64_t> shape;
    bool finite = true;  ///< no NaN, no infinity
};

struct WeightsDescription {
    std::string container;  ///< "safetensors", "torch.save, state dict", "torch.save, EMA state"
    std::uint64_t values = 0;
    std::vector<TensorDescription> tensors;
};

/// Reads and checks a .safetensors file, a state dict or an ema.state. Blocks; reads every byte.
/// Throws PanelError with the reader's sentence.
[[nodiscard]] WeightsDescription describe_weights(const std::filesystem::path& file);

}  // namespace dfd
