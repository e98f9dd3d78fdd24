// The published pair weight.pth + ema.state, told apart into experts. Sees torch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/checkpoint/torch_checkpoint.h"
#include "core/networks/experts/expert_network.h"

namespace dfd {

/// What a network of an architecture is made of, in registration order, without its numbers.
struct TensorShape {
    std::string name;
    std::vector<std::int64_t> shape;
    bool parameter = true;
};
struct Blueprint {
    const Architecture* architecture = nullptr;
    std::vector<TensorShape> tensors;
    std::size_t parameters = 0;  ///< how many of the tensors are parameters; they come first
};

/// Built once per architecture and process. Throws std::invalid_argument on an unknown one.
[[nodiscard]] const Blueprint& blueprint_of(const std::string& architecture);

/// One expert of weight.pth, recognised but not folded yet.
struct RawExpert {
    const Blueprint* blueprint = nullptr;
    std::map<std::string, torch::Tensor> tensors;  ///< below "<i>.baseline_extractor."
};

/// Sorts the tensors by expert and recognises each by its tensors' names and shapes. `where` (a
/// quoted path) begins each sentence. Throws PanelError: a stray name, a gap in the numbers, or,
/// against the most similar architecture, the first missing, unexpected or misshapen tensor.
[[nodiscard]] std::vector<RawExpert> recognise_experts(StateDict weights, const std::string& where);

/// Checks that ema.state has exactly these experts and each as many averages of the right shapes.
/// Throws PanelError.
void check_ema(const std::vector<RawExpert>& experts, const std::map<std::int64_t, EmaState>& ema,
               const std::string& where);

/// The tensors that score: averages for parameters, weight.pth for BatchNorm statistics; float32.
/// Checks every number of both sources. Throws PanelError.
[[nodiscard]] StateDict folded(const RawExpert& expert, const EmaState& ema, std::size_t index,
                               const std::string& weights_name, const std::string& ema_name);

}  // namespace dfd
