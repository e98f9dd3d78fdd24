// How a panel combines its experts, in words. Plain C++.
#pragma once

#include <string>

#include "core/base/formatted.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// Whether the chosen calibration was made with a fusion of the experts.
[[nodiscard]] inline bool is_fused(const PanelRecord& panel) {
    return find_chosen_answer(panel, [](const MeasuredAnswer& measured) {
               return !measured.answer.fusion.experts.empty();
           }) != nullptr;
}

/// "+0.130 + 0.510 x a": the log-odds that a fusion gives to the experts' log-odds.
[[nodiscard]] inline std::string fusion_words(const Fusion& fusion) {
    auto text = formatted("%+.3f", fusion.bias);
    for (const auto& [expert, slope] : fusion.experts)
        text += formatted(" + %.3f x ", slope) + expert;
    return text;
}

/// "mean of the experts' scores"
[[nodiscard]] inline const char* words_of_mean(const PanelRecord& panel) {
    return panel.combine == kLogOdds ? "mean of the experts' log-odds"
                                     : "mean of the experts' scores";
}

/// The same, or the fusion of the chosen calibration.
[[nodiscard]] inline const char* combination_words(const PanelRecord& panel) {
    return is_fused(panel) ? "logistic regression over the experts' log-odds"
                           : words_of_mean(panel);
}

}  // namespace dfd
