// Where faces are in a picture: for warnings, crops and face-region edits. Plain C++.
#pragma once

#include <optional>
#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// In pixels of the picture it was found in, inside its borders.
struct FaceBox {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

/// Faces seen from the front or, if there are none, from the side, largest first. OpenCV's cascade
/// detectors on a copy of at most 640 pixels a side: faces smaller than about a twenty-fifth of the
/// longer side, turned upside down or half covered are missed, and now and then a leaf is taken for
/// one. Nothing comes back (rather than "no faces") when the detectors' data (Debian's opencv-data)
/// is not installed. Blocks for tens of milliseconds; thread-safe.
[[nodiscard]] std::optional<std::vector<FaceBox>> find_faces(const Pixels& pixels);

}  // namespace dfd
