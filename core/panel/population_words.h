// The pictures that a calibration was made on, in words. Plain C++.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/panel/panel_calibration.h"

namespace dfd {

/// What is known of them, each with its name, for example {"Formats", "JPEG: 450 real; PNG: 12
/// real, 3 fake"}: the user's description, sources, kinds of fake, sizes, formats. Names of files
/// and people are as they were written, so show them as untrusted text. Empty for calibrations of
/// older versions.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> population_facts(
    const CalibrationPopulation& population);

}  // namespace dfd
