// A panel on a graphics card. Sees torch.
// Internal to core/engine/scoring.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Opens the same panel on the processor, for what a card has no room for. Blocks while it loads.
using OpenOnProcessor = std::function<std::unique_ptr<Evaluator>(const Progress&, std::stop_token)>;

/// Pictures go to `device` once, through pinned memory, and are prepared there; trunks run folded
/// (core/networks/trunk/folded_trunk.h) in `precision` and heads in float32, the experts side by
/// side. Where memory runs out, batches are halved, then experts run one after the other, then the
/// picture is scored on the processor, and its opinion has a warning that says so. `device` may be
/// the processor too, for tests. Blocks while it loads; throws PanelError, Cancelled, DeviceError,
/// and std::bad_alloc where the weights do not fit.
[[nodiscard]] std::unique_ptr<Evaluator> open_card_evaluator(
    const PanelRecord& panel, torch::Device device, const DeviceInfo& info, Precision precision,
    OpenOnProcessor open_on_processor, const Progress& progress = {}, std::stop_token stop = {});

}  // namespace dfd
