// Numbers as text.
// Internal to core/engine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/formatted.h"

namespace dfd {

/// The shortest text that reads back to the same double.
inline std::string full_precision(double value) {
    return nlohmann::json(value).dump();
}

}  // namespace dfd
