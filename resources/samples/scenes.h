// The scenes of the sample pictures.
#pragma once

#include "resources/samples/scene.h"

namespace dfd::samples {

/// Fruit, a bottle and a bowl on a wooden table beside a window.
[[nodiscard]] Scene still_life();
/// Books and a cup in the evening, with distant lights in the background.
[[nodiscard]] Scene desk();
/// Head and shoulders; `other` selects a second person in the same place.
[[nodiscard]] Scene portrait(bool other);
/// Mountains above a lake in the morning.
[[nodiscard]] Scene landscape();

}  // namespace dfd::samples
