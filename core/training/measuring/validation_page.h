// A panel's validation as one HTML file: what a laboratory keeps. Plain C++.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/training/measuring/panel_validation.h"

namespace dfd {

/// What the page says besides the figures.
struct ValidationPage {
    const PanelValidation& validation;
    const PanelRecord& panel;
    const Evaluation& evaluation;  ///< of the pictures as they are
    std::string date;              ///< "2026-11-29"
    std::string manifest_sha256;   ///< of the manifest file, hexadecimal
    std::string command;           ///< the command line that made it
    std::vector<std::pair<std::string, std::string>> versions;  ///< of program and libraries
};

/// A complete page without scripts and without references to other files; plots are inline SVG:
/// Tippett, empirical cross-entropy, reliability, ROC, risk against coverage.
[[nodiscard]] std::string validation_html(const ValidationPage& page);

}  // namespace dfd
