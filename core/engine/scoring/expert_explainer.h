// Explains one expert through its network. Depends on torch.
// Internal to core/engine/scoring.
#pragma once

#include <torch/types.h>

#include <functional>

#include "core/engine/scoring/explanation.h"
#include "core/networks/experts/expert_network.h"

namespace dfd {

/// [N,3,H,W] -> the last feature map, without gradients: the trunk that the panel's scores use.
using TrunkRun = std::function<torch::Tensor(const torch::Tensor&)>;

/// See ExpertExplainer::explain. The precision is that of the weights; native networks take
/// float32. Pictures with parts removed go through `trunk`, on this thread. Without a trunk they go
/// through the network's modules, on a CPU several of them side by side.
[[nodiscard]] ExpertExplanation explain_expert(ExpertNetwork& network, const ExpertRecord& record,
                                               const Pixels& picture, torch::Device device,
                                               const ExplainOptions& options,
                                               const std::stop_token& stop,
                                               const ExpertProgress& progress,
                                               const TrunkRun& trunk = {});

/// The layer that `wanted` selects for a network; empty is the last.
[[nodiscard]] std::string layer_for(ExpertNetwork& network, const std::string& wanted);

}  // namespace dfd
