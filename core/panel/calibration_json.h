// calibration.json as JSON, and back.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/panel/panel_calibration.h"

namespace dfd {

[[nodiscard]] nlohmann::ordered_json calibrations_json(
    const std::vector<PanelCalibration>& calibrations);

/// The same on one line, for results and cases that carry a panel's calibrations.
[[nodiscard]] std::string calibrations_text(const std::vector<PanelCalibration>& calibrations);
/// Throws PanelError with a sentence.
[[nodiscard]] std::vector<PanelCalibration> parse_calibrations(const std::string& text);

}  // namespace dfd
