// Numbers as text.
// Internal to core/engine.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/formatted.h"

namespace dfd {

/// The shortest text that reads back to the same double; empty for NaN.
inline std::string full_precision(double value) {
    return std::isnan(value) ? std::string() : nlohmann::json(value).dump();
}

}  // namespace dfd
