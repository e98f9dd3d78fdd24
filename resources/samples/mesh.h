// Triangle meshes, shapes made of triangles, and a bounding volume hierarchy for rays.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "resources/samples/vec.h"

namespace dfd::samples {

struct Triangle {
    Vec points[3];
    Vec normals[3];
    int material = 0;
};

using Mesh = std::vector<Triangle>;
using Place = std::function<Vec(Vec)>;  ///< from a shape's local space to the scene

/// A flat quad, given by a corner and two sides.
void add_quad(Mesh& mesh, Vec corner, Vec side, Vec other_side, int material);

/// A box with rounded edges, centred at the origin before `place`.
void add_box(Mesh& mesh, Vec half, float rounding, int material, const Place& place);

/// Revolves a profile (radius x, height y) around the vertical axis, smooth between its points.
/// `deform` may move each point before `place`.
void add_lathe(Mesh& mesh, const std::vector<Vec>& profile, int steps, int around, int material,
               const Place& place, const Place& deform = {});

/// Triangulates the zero surface of a signed distance function inside a box, with cells of size
/// `cell`; `material_at` gives the materials.
void add_surface(Mesh& mesh, const std::function<float(Vec)>& distance, Vec low, Vec high,
                 float cell, const std::function<int(Vec)>& material_at, const Place& place);

/// A height field over a grid of x and z.
void add_terrain(Mesh& mesh, const std::function<float(float, float)>& height, Vec low, Vec high,
                 int columns, int rows, int material);

struct Ray {
    Vec origin;
    Vec direction;
};

struct Hit {
    float distance = 1e30F;
    float u = 0;
    float v = 0;
    int triangle = -1;
};

class Tree {
  public:
    explicit Tree(Mesh mesh);
    [[nodiscard]] bool nearest(const Ray& ray, float within, Hit& hit) const;
    [[nodiscard]] const Triangle& triangle(int index) const {
        return mesh_[static_cast<std::size_t>(index)];
    }

  private:
    struct Node {
        Vec low;
        Vec high;
        int first = 0;  ///< first triangle of a leaf, or left child
        int count = 0;  ///< 0 for an inner node
    };
    void split(int node, int begin, int end, std::vector<int>& order, const std::vector<Vec>& low,
               const std::vector<Vec>& high);
    [[nodiscard]] bool test(const Ray& ray, int triangle, Hit& hit) const;

    Mesh mesh_;
    std::vector<Node> nodes_;
};

}  // namespace dfd::samples
