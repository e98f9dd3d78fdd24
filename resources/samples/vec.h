// A 3D float vector with the operations a renderer needs, and a random generator.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace dfd::samples {

inline constexpr float kPi = 3.14159265F;

struct Vec {
    float x = 0;
    float y = 0;
    float z = 0;

    [[nodiscard]] float operator[](int i) const { return i == 0 ? x : (i == 1 ? y : z); }
};

inline Vec operator+(Vec a, Vec b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}
inline Vec operator-(Vec a, Vec b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
inline Vec operator-(Vec a) {
    return {-a.x, -a.y, -a.z};
}
inline Vec operator*(Vec a, Vec b) {
    return {a.x * b.x, a.y * b.y, a.z * b.z};
}
inline Vec operator*(Vec a, float s) {
    return {a.x * s, a.y * s, a.z * s};
}
inline Vec operator*(float s, Vec a) {
    return a * s;
}
inline Vec operator/(Vec a, float s) {
    return a * (1 / s);
}
inline Vec& operator+=(Vec& a, Vec b) {
    return a = a + b;
}
inline Vec& operator*=(Vec& a, Vec b) {
    return a = a * b;
}

inline float dot(Vec a, Vec b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Vec cross(Vec a, Vec b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float length(Vec a) {
    return std::sqrt(dot(a, a));
}
inline Vec normalised(Vec a) {
    return a / std::max(length(a), 1e-20F);
}
inline Vec lowest(Vec a, Vec b) {
    return {std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)};
}
inline Vec highest(Vec a, Vec b) {
    return {std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)};
}
inline Vec absolute(Vec a) {
    return {std::abs(a.x), std::abs(a.y), std::abs(a.z)};
}
inline float largest(Vec a) {
    return std::max({a.x, a.y, a.z});
}
inline float luminance(Vec a) {
    return 0.2126F * a.x + 0.7152F * a.y + 0.0722F * a.z;
}

inline float mix(float a, float b, float t) {
    return a + (b - a) * t;
}
inline Vec mix(Vec a, Vec b, float t) {
    return a + (b - a) * t;
}
inline float clamp01(float t) {
    return std::clamp(t, 0.0F, 1.0F);
}
inline float smooth_step(float from, float to, float t) {
    const float s = clamp01((t - from) / (to - from));
    return s * s * (3 - 2 * s);
}

/// Rotates around the vertical axis; `angle` in radians.
inline Vec turned(Vec p, float angle) {
    const float c = std::cos(angle);
    const float s = std::sin(angle);
    return {c * p.x + s * p.z, p.y, c * p.z - s * p.x};
}

/// A small fast generator (PCG). One per pixel, so that pictures do not depend on the number of
/// threads.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15 + 0x1234567) {
        (void)next();
    }
    [[nodiscard]] float next() {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto shifted = static_cast<std::uint32_t>(((state_ >> 18) ^ state_) >> 27);
        const auto turn = static_cast<std::uint32_t>(state_ >> 59);
        const std::uint32_t word = shifted >> turn | shifted << ((32 - turn) & 31);
        return static_cast<float>(word >> 8) * (1.0F / 16777216.0F);
    }

  private:
    std::uint64_t state_;
};

}  // namespace dfd::samples
