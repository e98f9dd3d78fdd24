#include "resources/samples/mesh.h"

#include <array>
#include <unordered_map>

namespace dfd::samples {
namespace {

/// Converts a grid of points into triangles; normals come from neighbouring points.
void add_grid(Mesh& mesh, const std::vector<Vec>& points, int columns, int rows, bool closed,
              int material) {
    const auto at = [&](int column, int row) {
        const int wrapped =
            closed ? (column + columns) % columns : std::clamp(column, 0, columns - 1);
        return points[static_cast<std::size_t>(std::clamp(row, 0, rows - 1) * columns + wrapped)];
    };
    std::vector<Vec> normals(points.size());
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            Vec along = at(column + 1, row) - at(column - 1, row);
            const Vec up = at(column, row + 1) - at(column, row - 1);
            if (dot(along, along) < 1e-12F) {  // a pole of a lathe shape
                const int inner = row == 0 ? 1 : row - 1;
                along = at(column + 1, inner) - at(column - 1, inner);
            }
            normals[static_cast<std::size_t>(row * columns + column)] =
                normalised(cross(along, up));
        }
    }
    const auto normal = [&](int column, int row) {
        return normals[static_cast<std::size_t>(row * columns + column % columns)];
    };
    for (int row = 0; row + 1 < rows; ++row) {
        for (int column = 0; column + (closed ? 0 : 1) < columns; ++column) {
            const int next = column + 1;
            mesh.push_back({{at(column, row), at(next, row), at(next, row + 1)},
                            {normal(column, row), normal(next, row), normal(next, row + 1)},
                            material});
            mesh.push_back({{at(column, row), at(next, row + 1), at(column, row + 1)},
                            {normal(column, row), normal(next, row + 1), normal(column, row + 1)},
                            material});
        }
    }
}

/// Catmull-Rom spline through the profile.
Vec along_profile(const std::vector<Vec>& profile, float t) {
    const auto last = static_cast<int>(profile.size()) - 1;
    const float scaled = t * static_cast<float>(last);
    const int i = std::min(static_cast<int>(scaled), last - 1);
    const float f = scaled - static_cast<float>(i);
    const auto p = [&](int k) { return profile[static_cast<std::size_t>(std::clamp(k, 0, last))]; };
    const Vec a = p(i - 1);
    const Vec b = p(i);
    const Vec c = p(i + 1);
    const Vec d = p(i + 2);
    return 0.5F * (b * 2.0F + (c - a) * f + (a * 2.0F - b * 5.0F + c * 4.0F - d) * (f * f) +
                   (b * 3.0F - a - c * 3.0F + d) * (f * f * f));
}

}  // namespace

void add_quad(Mesh& mesh, Vec corner, Vec side, Vec other_side, int material) {
    const Vec n = normalised(cross(side, other_side));
    const Vec opposite = corner + side + other_side;
    mesh.push_back({{corner, corner + side, opposite}, {n, n, n}, material});
    mesh.push_back({{corner, opposite, corner + other_side}, {n, n, n}, material});
}

void add_lathe(Mesh& mesh, const std::vector<Vec>& profile, int steps, int around, int material,
               const Place& place, const Place& deform) {
    std::vector<Vec> points;
    points.reserve(static_cast<std::size_t>((steps + 1) * around));
    for (int step = 0; step <= steps; ++step) {
        const Vec at = along_profile(profile, static_cast<float>(step) / static_cast<float>(steps));
        for (int i = 0; i < around; ++i) {
            const float angle = 2 * kPi * static_cast<float>(i) / static_cast<float>(around);
            const float radius = std::max(at.x, 0.0F);
            Vec p{radius * std::cos(angle), at.y, -radius * std::sin(angle)};
            if (deform) {
                p = deform(p);
            }
            points.push_back(place(p));
        }
    }
    add_grid(mesh, points, around, steps + 1, true, material);
}

void add_terrain(Mesh& mesh, const std::function<float(float, float)>& height, Vec low, Vec high,
                 int columns, int rows, int material) {
    std::vector<Vec> points;
    points.reserve(static_cast<std::size_t>(columns * rows));
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const float x =
                mix(low.x, high.x, static_cast<float>(column) / static_cast<float>(columns - 1));
            const float z =
                mix(high.z, low.z, static_cast<float>(row) / static_cast<float>(rows - 1));
            points.push_back({x, height(x, z), z});
        }
    }
    add_grid(mesh, points, columns, rows, false, material);
}

void add_box(Mesh& mesh, Vec half, float rounding, int material, const Place& place) {
    const float smallest = std::min({half.x, half.y, half.z});
    const float r = std::min(rounding, smallest * 0.9F);
    const Vec inner = half - Vec{r, r, r};
    // Each face is a grid, finest near its edges, projected onto the rounded box.
    constexpr std::array<float, 10> kSteps = {-1,   -0.985F, -0.96F, -0.9F,  -0.6F,
                                              0.6F, 0.9F,    0.96F,  0.985F, 1};
    constexpr int kCount = static_cast<int>(kSteps.size());
    for (int axis = 0; axis < 3; ++axis) {
        for (const float sign : {-1.0F, 1.0F}) {
            std::vector<Vec> points;
            for (const float v : kSteps) {
                for (const float u : kSteps) {
                    const float a = sign > 0 ? u : v;
                    const float b = sign > 0 ? v : u;
                    const Vec cube = axis == 0   ? Vec{sign, b, -a}
                                     : axis == 1 ? Vec{a, sign, -b}
                                                 : Vec{a * 1.0F, b, sign};
                    const Vec p = cube * half;
                    const Vec core = highest(-inner, lowest(inner, p));
                    const Vec out = p - core;
                    points.push_back(
                        place(core + (length(out) > 1e-9F ? normalised(out) * r : Vec{})));
                }
            }
            add_grid(mesh, points, kCount, kCount, false, material);
        }
    }
}

void add_surface(Mesh& mesh, const std::function<float(Vec)>& distance, Vec low, Vec high,
                 float cell, const std::function<int(Vec)>& material_at, const Place& place) {
    const auto cells_along = [&](float from, float to) {
        return static_cast<int>(std::ceil((to - from) / cell));
    };
    const int nx = cells_along(low.x, high.x);
    const int ny = cells_along(low.y, high.y);
    const int nz = cells_along(low.z, high.z);
    const auto grid_point = [&](int x, int y, int z) {
        return low +
               Vec{static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)} * cell;
    };
    const auto index = [&](int x, int y, int z) {
        return (static_cast<std::size_t>(z) * static_cast<std::size_t>(ny + 1) +
                static_cast<std::size_t>(y)) *
                   static_cast<std::size_t>(nx + 1) +
               static_cast<std::size_t>(x);
    };
    // Far from the surface, one value is enough for a whole block.
    constexpr int kBlock = 8;
    std::vector<float> values(index(nx, ny, nz) + 1, 1);
    for (int bz = 0; bz <= nz; bz += kBlock) {
        for (int by = 0; by <= ny; by += kBlock) {
            for (int bx = 0; bx <= nx; bx += kBlock) {
                const float centre =
                    distance(grid_point(bx, by, bz) + Vec{1, 1, 1} * (cell * kBlock * 0.5F));
                const bool far = std::abs(centre) > cell * kBlock * 1.6F;
                for (int z = bz; z < std::min(bz + kBlock, nz + 1); ++z) {
                    for (int y = by; y < std::min(by + kBlock, ny + 1); ++y) {
                        for (int x = bx; x < std::min(bx + kBlock, nx + 1); ++x) {
                            values[index(x, y, z)] = far ? centre : distance(grid_point(x, y, z));
                        }
                    }
                }
            }
        }
    }
    struct Vertex {
        Vec point;
        Vec normal;
        int material;
    };
    std::unordered_map<std::size_t, Vertex> vertices;
    const auto vertex = [&](int x, int y, int z) -> const Vertex& {
        const auto [found, added] = vertices.try_emplace(index(x, y, z));
        if (added) {
            Vec p = grid_point(x, y, z) + Vec{0.5F, 0.5F, 0.5F} * cell;
            const float e = cell * 0.5F;
            const auto gradient = [&](Vec at) {
                return Vec{distance(at + Vec{e, 0, 0}) - distance(at - Vec{e, 0, 0}),
                           distance(at + Vec{0, e, 0}) - distance(at - Vec{0, e, 0}),
                           distance(at + Vec{0, 0, e}) - distance(at - Vec{0, 0, e})} /
                       (2 * e);
            };
            for (int round = 0; round < 3; ++round) {
                const Vec g = gradient(p);
                const Vec step = g * (distance(p) / std::max(dot(g, g), 0.25F));
                p = p - step * std::min(1.0F, cell / std::max(length(step), 1e-9F));
            }
            const Vec q = place(p);
            const Vec tip = place(p + normalised(gradient(p)) * 0.01F);
            found->second = {q, normalised(tip - q), material_at(p)};
        }
        return found->second;
    };
    const auto quad = [&](std::array<Vertex, 4> v, bool flip) {
        if (flip) {
            std::swap(v[1], v[3]);
        }
        mesh.push_back({{v[0].point, v[1].point, v[2].point},
                        {v[0].normal, v[1].normal, v[2].normal},
                        v[0].material});
        mesh.push_back({{v[0].point, v[2].point, v[3].point},
                        {v[0].normal, v[2].normal, v[3].normal},
                        v[0].material});
    };
    for (int z = 1; z < nz; ++z) {
        for (int y = 1; y < ny; ++y) {
            for (int x = 1; x < nx; ++x) {
                const bool inside = values[index(x, y, z)] < 0;
                if (inside != (values[index(x + 1, y, z)] < 0)) {
                    quad({vertex(x, y - 1, z - 1), vertex(x, y, z - 1), vertex(x, y, z),
                          vertex(x, y - 1, z)},
                         !inside);
                }
                if (inside != (values[index(x, y + 1, z)] < 0)) {
                    quad({vertex(x - 1, y, z - 1), vertex(x - 1, y, z), vertex(x, y, z),
                          vertex(x, y, z - 1)},
                         !inside);
                }
                if (inside != (values[index(x, y, z + 1)] < 0)) {
                    quad({vertex(x - 1, y - 1, z), vertex(x, y - 1, z), vertex(x, y, z),
                          vertex(x - 1, y, z)},
                         !inside);
                }
            }
        }
    }
}

}  // namespace dfd::samples
