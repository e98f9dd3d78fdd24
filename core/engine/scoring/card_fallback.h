// What happens when a panel cannot be opened on the chosen GPU. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Opens the panel on the GPU `card`. When that fails because the GPU does or has not enough memory
/// and `wanted` is "auto", opens it on the CPU instead and passes the reason, which begins with the
/// GPU's name; fp16 only computes on a GPU. Otherwise throws DeviceError.
[[nodiscard]] std::unique_ptr<Evaluator> open_card_or_processor(
    const std::string& wanted, const DeviceInfo& card, Precision precision,
    const std::function<std::unique_ptr<Evaluator>()>& open_card,
    const std::function<std::unique_ptr<Evaluator>(const std::string& why)>& open_processor);

}  // namespace dfd
