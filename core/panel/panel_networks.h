// Loads and checks a panel's networks. Depends on torch; used by the engine and the trainer.
#pragma once

#include <torch/types.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
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

/// The encoders that the experts of a panel share while it is loaded: each file is read and hashed
/// once, and its tensors are in memory once. May be used by several threads.
class Encoders {
  public:
    /// The tensors, float32, of the expert's encoder file, whose digest is checked. Throws
    /// PanelError, also when the file is not installed.
    [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> tensors(
        const ExpertRecord& expert);

    /// Forgets the tensors; networks that were loaded with them keep them.
    void clear() { known_.clear(); }

  private:
    std::mutex loading_;
    std::map<std::string, std::vector<std::pair<std::string, torch::Tensor>>> known_;
};

/// Loads one expert, with its encoder if that is a file of its own. Checks the files' digests, then
/// that every tensor is present, has the right shape and is finite, and that there are no
/// unexpected tensors. float16 is widened to float32. float32 tensors stay views of the mapped file
/// on the CPU. Throws PanelError.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel,
                                                         const ExpertRecord& expert,
                                                         bool check_digest = true);

/// The same; experts that are loaded with the same `encoders` share the tensors of an encoder.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel,
                                                         const ExpertRecord& expert,
                                                         Encoders& encoders);

/// The same for weights that are copied immediately. `copied` is called with the loaded network, to
/// copy weights from it. Then the pages of the expert's file are released to the system. They are
/// read again if the weights are used later, so the network stays usable. Throws what `copied`
/// throws, too.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(
    const PanelRecord& panel, const ExpertRecord& expert, Encoders& encoders,
    const std::function<void(ExpertNetwork&)>& copied);

/// What is wrong with the file of an expert whose encoder is not installed: its digest is not
/// checked, but its tensors are. A sentence; empty when nothing is wrong.
[[nodiscard]] std::string head_problem(const PanelRecord& panel, const ExpertRecord& expert);

/// Copies `tensors` into a network after checking names, shapes and finiteness; `where` names the
/// source in errors. Throws PanelError with the first offending tensor's name.
void assign_tensors(ExpertNetwork& network,
                    const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                    const std::string& where);

/// Why a tensor is unusable as weights (not floating point, NaN, infinity, a negative variance), as
/// the middle of a sentence: `holds NaN or infinity in the tensor "x"`. Empty when it is usable.
[[nodiscard]] std::string value_problem(const std::string& name, const torch::Tensor& value);

}  // namespace dfd
