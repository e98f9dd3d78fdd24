// Turns tensors into opinions, on any device. Depends on torch.
// Internal to core/engine/scoring.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/networks/experts/expert_network.h"
#include "core/picture/pixels/window_choice.h"

namespace dfd {

[[nodiscard]] torch::ScalarType scalar_type(Precision precision);

/// Runs an expert's head on a feature map and writes logits and, if requested, maps into
/// `opinions`, one per row; with a `model`, also the distance of its pooled features from it. With
/// `windows`, the feature map is of one picture's windows. Throws DeviceError when a logit is not
/// finite.
void write_opinions(ExpertNetwork& network, const FeatureMap& features, const ExpertRecord& expert,
                    std::size_t index, Precision precision, const EvaluateOptions& options,
                    std::span<PanelOpinion> opinions, const WindowChoice* windows = nullptr,
                    const FeatureModel* model = nullptr);

/// What is said of every opinion of the panel on such a picture. `face` as in PictureTraits: a
/// panel made for faces warns when none was found or when this was not checked.
[[nodiscard]] std::vector<std::string> warnings_of(const PanelRecord& panel, const Pixels& picture,
                                                   double face, const PanelOpinion& opinion);

/// Combines the experts and adds these warnings, and `face` to the traits if there are any.
void finish_opinion(const PanelRecord& panel, const Pixels& picture, double face,
                    PanelOpinion& opinion);

}  // namespace dfd
