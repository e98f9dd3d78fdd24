// How a panel combines its experts, in words. Plain C++.
#pragma once

#include "core/panel/panel_record.h"

namespace dfd {

/// "mean of the experts' scores"
[[nodiscard]] inline const char* combination_words(const PanelRecord& panel) {
    return panel.combine == kLogOdds ? "mean of the experts' log-odds"
                                     : "mean of the experts' scores";
}

}  // namespace dfd
