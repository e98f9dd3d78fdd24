// The names of colour profiles.
// Internal to core/picture.
#pragma once

#include <string>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

/// The description of an ICC profile; "unnamed" when it has none, empty for no profile.
[[nodiscard]] std::string profile_description(Bytes icc);

}  // namespace dfd::picture_detail
