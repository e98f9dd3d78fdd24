// How a panel combines its experts, in words. Plain C++.
#pragma once

#include "core/base/language.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// Whether the chosen calibration was made with a fusion of the experts.
[[nodiscard]] inline bool is_fused(const PanelRecord& panel) {
    return find_chosen_answer(panel, [](const MeasuredAnswer& measured) {
               return !measured.answer.fusion.experts.empty();
           }) != nullptr;
}

/// "mean of the experts' scores": English, for warnings that are kept; say() of it is shown.
[[nodiscard]] inline const char* words_of_mean(const PanelRecord& panel) {
    return panel.combine == kLogOdds ? to_say("mean of the experts' log-odds")
                                     : to_say("mean of the experts' scores");
}

/// The same, or the fusion of the chosen calibration.
[[nodiscard]] inline const char* combination_words(const PanelRecord& panel) {
    return is_fused(panel) ? to_say("logistic regression over the experts' log-odds")
                           : words_of_mean(panel);
}

}  // namespace dfd
