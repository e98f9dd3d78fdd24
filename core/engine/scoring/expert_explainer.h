// One expert's explanation from its network. Sees torch.
// Internal to core/engine/scoring.
#pragma once

#include <torch/types.h>

#include <functional>

#include "core/engine/scoring/explanation.h"
#include "core/networks/experts/expert_network.h"

namespace dfd {

/// [N,3,H,W] -> the last feature map, without gradients: the trunk as the panel's scores use it.
using TrunkRun = std::function<torch::Tensor(const torch::Tensor&)>;

/// As ExpertExplainer::explain. Precision is the weights'; native networks take float32. Pictures
/// with parts taken away go through `trunk`, on this thread; none: through the network's modules,
/// on a processor several of them side by side.
[[nodiscard]] ExpertExplanation explain_expert(ExpertNetwork& network, const ExpertRecord& record,
                                               const Pixels& picture, torch::Device device,
                                               const ExplainOptions& options,
                                               const std::stop_token& stop,
                                               const ExpertProgress& progress,
                                               const TrunkRun& trunk = {});

/// The layer that `wanted` means for a network: empty for the last.
[[nodiscard]] std::string layer_for(ExpertNetwork& network, const std::string& wanted);

}  // namespace dfd
