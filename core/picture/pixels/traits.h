// Measures which kind of picture this is. Plain C++.
#pragma once

#include "core/opinion/scope.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// Looks at a sample of at most about 400 000 places, spread evenly, whatever the picture's size:
/// milliseconds. Pictures of fewer than 3 pixels a side have only a shorter side. Does not look for
/// a face. Throws nothing.
[[nodiscard]] PictureTraits measure_traits(const Pixels& pixels);

/// PictureTraits::face, by find_faces(): blocks for tens to hundreds of milliseconds; thread-safe.
[[nodiscard]] double measure_face(const Pixels& pixels);

}  // namespace dfd
