// A panel's networks, loaded and identified. Sees torch; used by the engine and the trainer.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// An expert's input: the pixels normalised and, where the policy stretches, resized, in the
/// reference's order. [1,3,H,W] float32 on `device`; H = W = policy.size unless it is native.
[[nodiscard]] torch::Tensor expert_input(const Pixels& pixels, const InputPolicy& policy,
                                         torch::Device device);
/// The same of pixels [H,W,3] uint8, where they are.
[[nodiscard]] torch::Tensor expert_input(const torch::Tensor& rgb, const InputPolicy& policy);

/// Whether the resize of this picture is made on the processor even for a card: its kernel there
/// keeps what goes into one output in a small memory, which limits how much it can reduce.
[[nodiscard]] bool resized_on_processor(const Pixels& pixels, const InputPolicy& policy);

/// Loads one expert: file digest, then every tensor present, shaped and finite, nothing unexpected.
/// float16 files are widened to float32. float32 tensors stay views of the mapped file on the CPU.
/// Throws PanelError.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel,
                                                         const ExpertRecord& expert,
                                                         bool check_digest = true);

/// Copies `tensors` into a network after checking names, shapes and finiteness; `where` names the
/// source in errors. Throws PanelError with the first offending tensor's name.
void assign_tensors(ExpertNetwork& network,
                    const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                    const std::string& where);

/// What makes these numbers unusable as weights (not floating point, NaN, infinity, a negative
/// variance), as the middle of a sentence: `holds NaN or infinity in the tensor "x"`. Else empty.
[[nodiscard]] std::string value_problem(const std::string& name, const torch::Tensor& value);

}  // namespace dfd
