// Loads and checks a panel's networks. Depends on torch; used by the engine and the trainer.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// An expert's input: the pixels normalised and then, with Resize::Stretch, resized, in the
/// reference's order. [1,3,H,W] float32 on `device`; H = W = policy.size unless the policy is
/// Native.
[[nodiscard]] torch::Tensor expert_input(const Pixels& pixels, const InputPolicy& policy,
                                         torch::Device device);
/// The same for pixels [H,W,3] uint8, computed on the device that holds them.
[[nodiscard]] torch::Tensor expert_input(const torch::Tensor& rgb, const InputPolicy& policy);

/// Whether this picture is resized on the CPU even for a GPU. The GPU's kernel holds the inputs of
/// one output in limited shared memory, which limits how far it can reduce a picture.
[[nodiscard]] bool resized_on_processor(const Pixels& pixels, const InputPolicy& policy);

/// Loads one expert. Checks the file's digest, then that every tensor is present, has the right
/// shape and is finite, and that there are no unexpected tensors. float16 is widened to float32.
/// float32 tensors stay views of the mapped file on the CPU. Throws PanelError.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel,
                                                         const ExpertRecord& expert,
                                                         bool check_digest = true);

/// The same for weights that are copied immediately. `copied` is called with the loaded network, to
/// copy weights from it. Then the file's pages are released to the system. They are read again if
/// the weights are used later, so the network stays usable. Throws what `copied` throws, too.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(
    const PanelRecord& panel, const ExpertRecord& expert,
    const std::function<void(ExpertNetwork&)>& copied);

/// Copies `tensors` into a network after checking names, shapes and finiteness; `where` names the
/// source in errors. Throws PanelError with the first offending tensor's name.
void assign_tensors(ExpertNetwork& network,
                    const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                    const std::string& where);

/// Why a tensor is unusable as weights (not floating point, NaN, infinity, a negative variance), as
/// the middle of a sentence: `holds NaN or infinity in the tensor "x"`. Empty when it is usable.
[[nodiscard]] std::string value_problem(const std::string& name, const torch::Tensor& value);

}  // namespace dfd
