// A panel's calibrations without those that cannot be used. Plain C++.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/panel/panel_calibration.h"

namespace dfd {

struct UsableCalibrations {
    std::vector<PanelCalibration> calibrations;
    std::string problem;  ///< a sentence about the first that is left out; empty: none is
};

/// As read_calibrations, but a calibration whose models' file is missing or another one is left
/// out, and the others stay. Throws PanelError for a calibration.json that cannot be read.
[[nodiscard]] UsableCalibrations usable_calibrations(const std::filesystem::path& folder);

}  // namespace dfd
