// Parses the weights of experts from text. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

/// One weight per expert of the panel, in panel order, from "name=0.5,other=0". Experts that are
/// not named get 1; an empty text is the reference combination. The name is everything before the
/// last "=". Throws std::invalid_argument with a sentence for an unknown or repeated name, a weight
/// that is not a finite number of 0 or more, or when all weights are 0.
[[nodiscard]] std::vector<double> parse_weights(const std::string& text, const PanelRecord& panel);

}  // namespace dfd
