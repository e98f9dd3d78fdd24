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

/// For panels made for faces: a warning that no face was found or that this was not checked. Empty
/// when there is a face. Blocks for some tens of milliseconds.
[[nodiscard]] std::string warning_of_no_face(const Pixels& picture);

/// The same for panels of which only these experts were made for faces.
[[nodiscard]] std::string warning_of_experts_without_face(const Pixels& picture,
                                                          const std::vector<std::string>& experts);

/// The warnings that every opinion of the panel on this picture has. `without_face` as below.
[[nodiscard]] std::vector<std::string> warnings_of(const PanelRecord& panel, const Pixels& picture,
                                                   const std::string& without_face,
                                                   const PanelOpinion& opinion);

/// Combines the experts and adds these warnings. `without_face` is
/// `warning_of_no_face`, or empty.
void finish_opinion(const PanelRecord& panel, const Pixels& picture,
                    const std::string& without_face, PanelOpinion& opinion);

}  // namespace dfd
