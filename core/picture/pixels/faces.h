// Face detection, for warnings, crops and face-region edits. Plain C++.
#pragma once

#include <optional>
#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// In pixels of the searched picture, inside its borders.
struct FaceBox {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

/// Frontal faces or, if there are none, profile faces, largest first. Runs OpenCV's cascade
/// detectors on a copy of at most 640 pixels per side. Misses faces that are upside down, half
/// covered or smaller than about 1/25 of the longer side; occasional false positives. Returns
/// nullopt (rather than an empty list) when the detectors' data (Debian's opencv-data) is not
/// installed. Blocks for tens of milliseconds; thread-safe.
[[nodiscard]] std::optional<std::vector<FaceBox>> find_faces(const Pixels& pixels);

}  // namespace dfd
