// Procedural noise and wood textures, so that the samples need no third-party pictures.
#pragma once

#include "resources/samples/vec.h"

namespace dfd::samples {

/// Smooth noise in [-1, 1], one feature per unit.
[[nodiscard]] float noise(Vec p);
/// Sum of `octaves` noises, each with double frequency and half amplitude; about [-1, 1].
[[nodiscard]] float fractal(Vec p, int octaves);
/// Distance to the nearest of random points, one per unit cell; 0 .. about 1.
[[nodiscard]] float cells(Vec p);

/// Planks along x in the plane y = const: colour with grain, rings and seams.
struct Wood {
    Vec colour;
    float gloss = 0;   ///< 0..1, varies with the grain
    float groove = 0;  ///< 1 inside a seam between planks
};
[[nodiscard]] Wood wood(Vec p, Vec light, Vec dark, float plank_width);

}  // namespace dfd::samples
