// Objects for the tabletop scenes: table, fruit, cup and others.
#pragma once

#include <utility>

#include "resources/samples/scene.h"

namespace dfd::samples {

/// Planks at y = 0 between two corners (x, z).
void add_table(Scene& scene, Vec light, Vec dark, std::pair<float, float> from,
               std::pair<float, float> to, float plank);
/// Fruit: return the shader of the peel; that of the stem is the next number.
int add_apple(Scene& scene, Vec at, float turn, float lean, int seed);
int add_pear(Scene& scene, Vec at, float turn, float lean, int seed);
int add_lemon(Scene& scene, Vec at, float turn, int seed);  ///< lying; `at` is its centre
void add_bottle(Scene& scene, Vec at, Vec absorption);
void add_bowl(Scene& scene, Vec at, Vec glaze, Vec stripe);
void add_cup(Scene& scene, Vec at, Vec clay, Vec glaze);  ///< with saucer and coffee
void add_book(Scene& scene, Vec half, Vec cover, float turn, Vec middle);
void add_ball(Scene& scene, Vec middle, float radius, int material);

}  // namespace dfd::samples
