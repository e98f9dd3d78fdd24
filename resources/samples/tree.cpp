// Ray-triangle intersection with a bounding volume hierarchy, built with a surface area heuristic.
#include <array>
#include <numeric>

#include "resources/samples/mesh.h"

namespace dfd::samples {
namespace {

constexpr int kLeaf = 4;
constexpr int kBins = 16;

struct Box {
    Vec low{1e30F, 1e30F, 1e30F};
    Vec high{-1e30F, -1e30F, -1e30F};
    int count = 0;

    void add(Vec from, Vec to) {
        low = lowest(low, from);
        high = highest(high, to);
        ++count;
    }
    void add(const Box& other) {
        low = lowest(low, other.low);
        high = highest(high, other.high);
        count += other.count;
    }
    [[nodiscard]] float cost() const {
        if (count == 0) {
            return 0;
        }
        const Vec d = high - low;
        return static_cast<float>(count) * (d.x * d.y + d.y * d.z + d.z * d.x);
    }
};

}  // namespace

Tree::Tree(Mesh mesh) {
    const std::size_t count = mesh.size();
    std::vector<Vec> low(count);
    std::vector<Vec> high(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& p = mesh[i].points;
        low[i] = lowest(p[0], lowest(p[1], p[2]));
        high[i] = highest(p[0], highest(p[1], p[2]));
    }
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    nodes_.reserve(2 * count / kLeaf + 2);
    nodes_.emplace_back();
    split(0, 0, static_cast<int>(count), order, low, high);
    mesh_.reserve(count);
    for (const int index : order) {
        mesh_.push_back(mesh[static_cast<std::size_t>(index)]);
    }
}

void Tree::split(int node, int begin, int end, std::vector<int>& order, const std::vector<Vec>& low,
                 const std::vector<Vec>& high) {
    const auto centre = [&](int i) {
        const auto at = static_cast<std::size_t>(i);
        return (low[at] + high[at]) * 0.5F;
    };
    Box box;
    Box centres;
    for (int i = begin; i < end; ++i) {
        const auto at = static_cast<std::size_t>(order[static_cast<std::size_t>(i)]);
        box.add(low[at], high[at]);
        const Vec c = centre(static_cast<int>(at));
        centres.add(c, c);
    }
    nodes_[static_cast<std::size_t>(node)] = {box.low, box.high, begin, end - begin};
    if (end - begin <= kLeaf) {
        return;
    }
    float best = box.cost();
    int best_axis = -1;
    int best_bin = 0;
    const auto bin_of = [&](Vec c, int axis) {
        const float extent = std::max(centres.high[axis] - centres.low[axis], 1e-12F);
        return std::min(static_cast<int>((c[axis] - centres.low[axis]) / extent * kBins),
                        kBins - 1);
    };
    for (int axis = 0; axis < 3; ++axis) {
        std::array<Box, kBins> bins;
        for (int i = begin; i < end; ++i) {
            const int index = order[static_cast<std::size_t>(i)];
            const auto at = static_cast<std::size_t>(index);
            bins[static_cast<std::size_t>(bin_of(centre(index), axis))].add(low[at], high[at]);
        }
        std::array<float, kBins> right_cost{};
        Box right;
        for (std::size_t i = kBins - 1; i > 0; --i) {
            right.add(bins[i]);
            right_cost[i] = right.cost();
        }
        Box left;
        for (std::size_t i = 0; i + 1 < kBins; ++i) {
            left.add(bins[i]);
            const float cost = left.cost() + right_cost[i + 1];
            if (cost < best * 0.999F) {
                best = cost;
                best_axis = axis;
                best_bin = static_cast<int>(i);
            }
        }
    }
    if (best_axis < 0) {
        return;
    }
    const auto middle = std::partition(order.begin() + begin, order.begin() + end, [&](int index) {
        return bin_of(centre(index), best_axis) <= best_bin;
    });
    const int cut = static_cast<int>(middle - order.begin());
    if (cut == begin || cut == end) {
        return;
    }
    const int left = static_cast<int>(nodes_.size());
    nodes_.emplace_back();
    nodes_.emplace_back();
    nodes_[static_cast<std::size_t>(node)].first = left;
    nodes_[static_cast<std::size_t>(node)].count = 0;
    split(left, begin, cut, order, low, high);
    split(left + 1, cut, end, order, low, high);
}

bool Tree::test(const Ray& ray, int triangle, Hit& hit) const {
    const auto& p = mesh_[static_cast<std::size_t>(triangle)].points;
    const Vec side = p[1] - p[0];
    const Vec other = p[2] - p[0];
    const Vec perpendicular = cross(ray.direction, other);
    const float determinant = dot(side, perpendicular);
    if (std::abs(determinant) < 1e-14F) {
        return false;
    }
    const float inverse = 1 / determinant;
    const Vec from = ray.origin - p[0];
    const float u = dot(from, perpendicular) * inverse;
    if (u < 0 || u > 1) {
        return false;
    }
    const Vec q = cross(from, side);
    const float v = dot(ray.direction, q) * inverse;
    const float distance = dot(other, q) * inverse;
    if (v < 0 || u + v > 1 || distance <= 1e-4F || distance >= hit.distance) {
        return false;
    }
    hit = {distance, u, v, triangle};
    return true;
}

bool Tree::nearest(const Ray& ray, float within, Hit& hit) const {
    hit.distance = within;
    hit.triangle = -1;
    const auto invert = [](float d) { return 1 / (std::abs(d) < 1e-12F ? 1e-12F : d); };
    const Vec inverse{invert(ray.direction.x), invert(ray.direction.y), invert(ray.direction.z)};
    const auto enter = [&](int node) {
        const Node& n = nodes_[static_cast<std::size_t>(node)];
        const Vec a = (n.low - ray.origin) * inverse;
        const Vec b = (n.high - ray.origin) * inverse;
        const Vec near_side = lowest(a, b);
        const Vec far_side = highest(a, b);
        const float in = std::max({near_side.x, near_side.y, near_side.z, 0.0F});
        const float out = std::min({far_side.x, far_side.y, far_side.z, hit.distance});
        return in <= out ? in : 1e30F;
    };
    std::array<int, 96> stack{};
    std::size_t depth = 0;
    if (enter(0) < 1e30F) {
        stack[depth++] = 0;
    }
    while (depth > 0) {
        const Node& node = nodes_[static_cast<std::size_t>(stack[--depth])];
        if (node.count > 0) {
            for (int i = node.first; i < node.first + node.count; ++i) {
                (void)test(ray, i, hit);
            }
            continue;
        }
        const float left = enter(node.first);
        const float right = enter(node.first + 1);
        const bool left_first = left <= right;
        if (std::max(left, right) < 1e30F && depth < stack.size()) {
            stack[depth++] = node.first + (left_first ? 1 : 0);
        }
        if (std::min(left, right) < 1e30F && depth < stack.size()) {
            stack[depth++] = node.first + (left_first ? 0 : 1);
        }
    }
    return hit.triangle >= 0;
}

}  // namespace dfd::samples
