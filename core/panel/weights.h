// How experts are weighted, as text. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

/// One weight an expert of the panel, in order, from "name=0.5,other=0"; experts that are not named
/// count 1, and an empty text is the reference combination. Names are matched whole, before the
/// last "=". Throws std::invalid_argument with a sentence: an unknown or repeated name, a number
/// that is none, is negative or not finite, or nobody left who counts.
[[nodiscard]] std::vector<double> parse_weights(const std::string& text, const PanelRecord& panel);

}  // namespace dfd
