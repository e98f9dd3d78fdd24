// Reads the description of an ICC colour profile.
// Internal to core/picture.
#pragma once

#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// The profile's description; "unnamed" if it has none, empty when `icc` is empty or no profile.
[[nodiscard]] std::string profile_description(Bytes icc);

}  // namespace dfd::picture_detail
