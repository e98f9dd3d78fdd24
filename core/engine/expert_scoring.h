// What evaluators make of tensors, on whichever device these are. Internal to core/engine; sees
// torch.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <span>
#include <stop_token>

#include "core/engine/evaluator.h"
#include "core/networks/expert_network.h"

namespace dfd {

[[nodiscard]] torch::ScalarType scalar_type(Precision precision);

/// Runs an expert's head on a feature map [N,C,h,w] and writes logits and, where asked for, maps
/// into `opinions`, one a row. Throws DeviceError where a logit is not finite.
void write_opinions(ExpertNetwork& network, const torch::Tensor& features,
                    const ExpertRecord& expert, std::size_t index, Precision precision,
                    const EvaluateOptions& options, std::span<PanelOpinion> opinions);

/// Combines the experts, and adds what the panel says of such a picture.
void finish_opinion(const PanelRecord& panel, const Pixels& picture, PanelOpinion& opinion);

}  // namespace dfd
