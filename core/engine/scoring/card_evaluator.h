// Evaluates a panel on a GPU. Depends on torch.
// Internal to core/engine/scoring.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>

#include "core/engine/scoring/evaluator.h"
#include "core/engine/scoring/face_search.h"
#include "core/picture/pixels/traits.h"

namespace dfd {

/// Opens the same panel on the CPU, for what does not fit into the GPU's memory. Blocks while it
/// loads.
using OpenOnProcessor = std::function<std::unique_ptr<Evaluator>(const Progress&, std::stop_token)>;

/// Pictures are copied to `device` once, through pinned memory, and prepared there. Trunks run
/// folded (core/networks/trunk/folded_trunk.h) in `precision` and heads in float32, the experts
/// side by side; networks without a folded trunk, as trace networks, run in float32. A blank
/// picture is scored while the panel is opened. Where faces matter, `face_check` is called on
/// other threads while the experts compute. When memory runs out, batches are halved, then
/// experts run one after the other, then the picture is scored on the CPU and its opinion gets a
/// warning. Explanations are computed in float32 and put the trunk on the device while they run.
/// `device` may also be the CPU, for tests. Blocks while it loads. Throws PanelError, Cancelled,
/// DeviceError, and std::bad_alloc when the weights do not fit.
[[nodiscard]] std::unique_ptr<Evaluator> open_card_evaluator(
    const PanelRecord& panel, torch::Device device, const DeviceInfo& info, Precision precision,
    OpenOnProcessor open_on_processor, const Progress& progress = {}, std::stop_token stop = {},
    FaceCheck face_check = measure_face);

}  // namespace dfd
