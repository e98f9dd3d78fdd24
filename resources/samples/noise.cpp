#include "resources/samples/noise.h"

namespace dfd::samples {
namespace {

std::uint32_t hash(int x, int y, int z) {
    std::uint32_t h = static_cast<std::uint32_t>(x) * 374761393U +
                      static_cast<std::uint32_t>(y) * 668265263U +
                      static_cast<std::uint32_t>(z) * 2147483647U;
    h = (h ^ h >> 13) * 1274126177U;
    h = (h ^ h >> 16) * 2246822519U;
    return h ^ h >> 13;
}

float corner(int x, int y, int z, Vec offset) {
    const std::uint32_t h = hash(x, y, z);
    const Vec gradient{static_cast<float>(h & 255) / 127.5F - 1,
                       static_cast<float>(h >> 8 & 255) / 127.5F - 1,
                       static_cast<float>(h >> 16 & 255) / 127.5F - 1};
    return dot(gradient, offset);
}

/// Faster than std::floor, which is a function call on baseline x86-64.
int floor_of(float v) {
    const int i = static_cast<int>(v);
    return i - (v < static_cast<float>(i) ? 1 : 0);
}

float fade(float t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
}

}  // namespace

float noise(Vec p) {
    const int x = floor_of(p.x);
    const int y = floor_of(p.y);
    const int z = floor_of(p.z);
    const Vec f{p.x - static_cast<float>(x), p.y - static_cast<float>(y),
                p.z - static_cast<float>(z)};
    const Vec w{fade(f.x), fade(f.y), fade(f.z)};
    float planes[2];
    for (int k = 0; k < 2; ++k) {
        float lines[2];
        for (int j = 0; j < 2; ++j) {
            const float fy = f.y - static_cast<float>(j);
            const float fz = f.z - static_cast<float>(k);
            lines[j] = mix(corner(x, y + j, z + k, {f.x, fy, fz}),
                           corner(x + 1, y + j, z + k, {f.x - 1, fy, fz}), w.x);
        }
        planes[k] = mix(lines[0], lines[1], w.y);
    }
    return mix(planes[0], planes[1], w.z);
}

float fractal(Vec p, int octaves) {
    float sum = 0;
    float weight = 0.6F;
    for (int i = 0; i < octaves; ++i) {
        sum += weight * noise(p);
        p = Vec{p.z + 17.3F, p.x + 5.1F, p.y - 9.7F} * 2.03F;
        weight *= 0.5F;
    }
    return sum;
}

float cells(Vec p) {
    const int x = floor_of(p.x);
    const int y = floor_of(p.y);
    const int z = floor_of(p.z);
    float nearest = 9;
    for (int k = z - 1; k <= z + 1; ++k) {
        for (int j = y - 1; j <= y + 1; ++j) {
            for (int i = x - 1; i <= x + 1; ++i) {
                const std::uint32_t h = hash(i, j, k);
                const Vec point{static_cast<float>(i) + static_cast<float>(h & 1023) / 1023,
                                static_cast<float>(j) + static_cast<float>(h >> 10 & 1023) / 1023,
                                static_cast<float>(k) + static_cast<float>(h >> 20 & 1023) / 1023};
                const Vec d = point - p;
                nearest = std::min(nearest, dot(d, d));
            }
        }
    }
    return std::sqrt(nearest);
}

Wood wood(Vec p, Vec light, Vec dark, float plank_width) {
    const float across = p.z / plank_width;
    const float plank = std::floor(across);
    const float in_plank = across - plank;
    const float shift = 37.7F * noise({plank * 3.3F + 0.5F, 0.5F, 0.5F});
    const Vec local{p.x * 0.35F + shift * 9, shift, in_plank * plank_width};
    // Growth rings: distance from a wavering axis below the plank.
    const float wander = 0.35F * fractal({local.x * 0.5F, shift, 1.5F}, 3);
    const float depth = 0.45F + 0.2F * noise({local.x * 0.2F, shift, 7.5F});
    const float radius = std::hypot(local.z - plank_width * 0.5F + wander, depth);
    const float rings = 0.5F + 0.5F * std::sin(radius * 46 + 3 * fractal(local * 1.7F, 3));
    const float fibre = fractal({p.x * 1.6F + shift, shift, p.z * 42}, 4);
    const float pores = smooth_step(0.25F, 0.6F, fractal({p.x * 5, shift * 3, p.z * 90}, 3));
    const float tone = 0.5F * std::pow(rings, 2.0F) + 0.35F * fibre + 0.25F +
                       0.3F * noise({plank * 1.7F + 0.3F, 0.4F, 3.6F});
    Wood result;
    result.colour = mix(light, dark, clamp01(tone)) * (1 - 0.35F * pores);
    const float edge = std::min(in_plank, 1 - in_plank) * plank_width;
    result.groove = 1 - smooth_step(0.004F, 0.016F, edge);
    result.colour = result.colour * (1 - 0.75F * result.groove);
    result.gloss = clamp01(0.6F - 0.5F * pores + 0.25F * fibre) * (1 - result.groove);
    return result;
}

}  // namespace dfd::samples
