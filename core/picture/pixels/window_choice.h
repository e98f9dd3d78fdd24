// Chooses the windows of a large picture that experts read instead of the whole. Plain C++.
#pragma once

#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// Windows of one size in a picture, disjoint, in reading order (row by row).
struct WindowChoice {
    struct Corner {
        int x = 0;  ///< left edge in pixels, a multiple of 8
        int y = 0;  ///< upper edge
        bool operator==(const Corner&) const = default;
    };
    int picture_width = 0;
    int picture_height = 0;
    int width = 0;  ///< of each window, in pixels
    int height = 0;
    std::vector<Corner> corners;  ///< empty: the picture is read whole

    [[nodiscard]] bool whole() const { return corners.empty(); }
    /// Of the picture's pixels, 0 .. 1.
    [[nodiscard]] double share() const;
    bool operator==(const WindowChoice&) const = default;
};

/// Where windows may lie: disjoint slots from edge to edge, the rest of the width and height spread
/// as gaps between them. Slots are `size` pixels wide and high, or as long as a shorter side of the
/// picture; their corners are at multiples of 8, so that blocks of an earlier JPEG stay whole.
/// `whole()` when the picture has at most most * size * size pixels. `size` is a multiple of 8,
/// `most` at least 1.
[[nodiscard]] WindowChoice window_slots(int width, int height, int size, int most);

/// How many windows `choose_windows` chooses in a picture of this size; 0: it is read whole.
[[nodiscard]] int window_count(int width, int height, int size, int most);

/// At most `most` of those slots: half of them (rounded up) spread evenly over the picture, the
/// others where the picture has the most texture, measured as the mean magnitude of the Laplacian
/// of the brightness; of equals the first in reading order. Depends on the arguments alone. Reads
/// the 8-bit pixels in place, at most about 16 million of them (of larger pictures only every n-th
/// row), and needs memory for a few rows of a slot.
[[nodiscard]] WindowChoice choose_windows(const Pixels& pixels, int size, int most);

/// The windows' pixels, one below the other, as a picture. `choice` must not be whole.
[[nodiscard]] Pixels stacked_windows(const Pixels& pixels, const WindowChoice& choice);

}  // namespace dfd
