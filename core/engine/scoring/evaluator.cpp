#include "core/engine/scoring/evaluator.h"

#include <torch/types.h>

#include <new>

#include "core/engine/devices/torch_device.h"
#include "core/engine/scoring/card_evaluator.h"
#include "core/engine/scoring/card_fallback.h"
#include "core/engine/scoring/loaded_panel.h"
#include "core/engine/scoring/mixed_evaluator.h"
#include "core/panel/encoders.h"

namespace dfd {
namespace {

void refuse_slow_bfloat16(const DeviceInfo& info, Precision precision) {
    const auto card = card_of(info.id);
    if (precision == Precision::BFloat16 && card && !multiplies_bfloat16(*card))
        throw DeviceError("The card " + info.id + " (" + info.name +
                          ") does not compute in bf16: that needs compute capability 8.0. Use "
                          "--precision fp32 or fp16.");
}

}  // namespace

std::unique_ptr<Evaluator> open_card_or_processor(
    const std::string& wanted, const DeviceInfo& card, Precision precision,
    const std::function<std::unique_ptr<Evaluator>()>& open_card,
    const std::function<std::unique_ptr<Evaluator>(const std::string& why)>& open_processor) {
    const bool may_fall_back = wanted == "auto" && precision != Precision::Float16;
    const auto name = card.id + " (" + card.name + ")";
    std::string why;
    try {
        return open_card();
    } catch (const std::bad_alloc&) {
        if (!may_fall_back)
            throw DeviceError(
                "Not enough free memory on " + name +
                " for this panel. Close other programs that use the card, try --precision fp16, or "
                "use --device cpu.");
        why = name + " does not have enough free memory";
    } catch (const DeviceError& error) {
        if (!may_fall_back)
            throw;
        why = name + " is not used: " + error.what();
    }
    return open_processor(why);
}

std::unique_ptr<Evaluator> open_evaluator(const PanelRecord& whole, const std::string& device,
                                          Precision precision, const Progress& progress,
                                          std::stop_token stop) {
    const auto panel = usable_panel(whole);
    if (is_mixed(panel))
        return open_mixed_evaluator(panel, device, precision, progress, stop);
    DeviceInfo info;
    const auto chosen = choose_device(device, info);
    if (chosen.is_cpu())
        return open_processor_evaluator(panel, info, precision, progress, stop);
    const auto on_processor = [panel](const Progress& loading, std::stop_token stopping) {
        return open_evaluator(panel, "cpu", Precision::Float32, loading, stopping);
    };
    return open_card_or_processor(
        device, info, precision,
        [&] {
            refuse_slow_bfloat16(info, precision);
            return open_card_evaluator(panel, chosen, info, precision, on_processor, progress,
                                       stop);
        },
        [&](const std::string& why) {
            DeviceInfo cpu;
            (void)choose_device("cpu", cpu);
            cpu.detail += "; " + why;
            return open_processor_evaluator(panel, cpu, precision, progress, stop);
        });
}

}  // namespace dfd
