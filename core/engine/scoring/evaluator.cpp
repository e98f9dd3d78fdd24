#include "core/engine/scoring/evaluator.h"

#include <torch/types.h>

#include <new>

#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/card_evaluator.h"
#include "core/engine/scoring/loaded_panel.h"
#include "core/panel/encoders.h"

namespace dfd {

std::unique_ptr<Evaluator> open_evaluator(const PanelRecord& whole, const std::string& device,
                                          Precision precision, const Progress& progress,
                                          std::stop_token stop) {
    const auto panel = usable_panel(whole);
    DeviceInfo info;
    const auto chosen = choose_device(device, info);
    if (chosen.is_cpu())
        return open_processor_evaluator(panel, info, precision, progress, stop);
    const auto on_processor = [panel](const Progress& loading, std::stop_token stopping) {
        return open_evaluator(panel, "cpu", Precision::Float32, loading, stopping);
    };
    try {
        return open_card_evaluator(panel, chosen, info, precision, on_processor, progress, stop);
    } catch (const std::bad_alloc&) {
        const auto card = info.id + " (" + info.name + ")";
        if (device != "auto" || precision == Precision::Float16)
            throw DeviceError(
                "Not enough free memory on " + card + " for the panel " + panel.name +
                ". Close other programs that use the card, try --precision fp16, or use "
                "--device cpu.");
        (void)choose_device("cpu", info);
        info.detail += "; " + card + " does not have enough free memory";
        return open_processor_evaluator(panel, info, precision, progress, stop);
    }
}

}  // namespace dfd
