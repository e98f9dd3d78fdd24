// One expert's explanation from its network. Internal to core/engine; sees torch.
#pragma once

#include <torch/types.h>

#include "core/engine/explanation.h"
#include "core/networks/expert_network.h"

namespace dfd {

/// As ExpertExplainer::explain. Precision is the weights'; native networks take float32.
[[nodiscard]] ExpertExplanation explain_expert(ExpertNetwork& network, const ExpertRecord& record,
                                               const Pixels& picture, torch::Device device,
                                               const ExplainOptions& options,
                                               const std::stop_token& stop,
                                               const ExpertProgress& progress);

/// The layer that `wanted` means for a network: empty for the last.
[[nodiscard]] std::string layer_for(ExpertNetwork& network, const std::string& wanted);

}  // namespace dfd
