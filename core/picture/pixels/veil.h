// How places that no window of an expert looked at are shown: dark and grey, with thin diagonal
// lines. Plain C++.
#pragma once

#include <cstdint>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// The veil in one pixel: a grey that is blended in.
struct Veil {
    std::uint8_t grey = 0;
    float strength = 0;  ///< 0: the picture's pixel stays, 1: the grey alone
};

/// At a pixel of a picture whose longer side is `longest`: lines keep their distance relative to
/// the picture.
[[nodiscard]] Veil veil_at(int x, int y, int longest);

/// Draws the veil over one pixel, three bytes.
void draw_veil(std::uint8_t* rgb, const Veil& veil);

/// The whole picture under the veil.
[[nodiscard]] Pixels veiled(Pixels picture);

}  // namespace dfd
