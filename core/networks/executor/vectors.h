// Portable vectors of 16 floats, which the compiler maps to each CPU's instructions.
#pragma once

#include <bit>
#include <cstdint>

#include "core/networks/executor/nhwc_kernels.h"

// Compiles a function once per instruction set level; the loader selects the best. Incompatible
// with the sanitizers' instrumentation.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define DFD_EVERY_PROCESSOR \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DFD_EVERY_PROCESSOR
#endif
#define DFD_INLINE inline __attribute__((always_inline))

namespace dfd::nhwc {

inline constexpr std::int64_t kLanes = 16;
using Vector = float __attribute__((vector_size(64)));
using Integers = std::uint32_t __attribute__((vector_size(64)));
using Halves = std::uint16_t __attribute__((vector_size(32)));

DFD_INLINE float load(float value) {
    return value;
}
DFD_INLINE float load(BFloat16 value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
DFD_INLINE void store(float& to, float value) {
    to = value;
}
DFD_INLINE void store(BFloat16& to, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    to.bits = static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

/// Unaligned loads and stores.
DFD_INLINE void load(Vector& to, const float* from) {
    __builtin_memcpy(&to, from, sizeof to);
}
DFD_INLINE void load(Vector& to, const BFloat16* from) {
    Halves halves;
    __builtin_memcpy(&halves, from, sizeof halves);
    to = reinterpret_cast<Vector>(__builtin_convertvector(halves, Integers) << 16);
}
DFD_INLINE void store(float* to, const Vector& value) {
    __builtin_memcpy(to, &value, sizeof value);
}
DFD_INLINE void store(BFloat16* to, const Vector& value) {
    const auto bits = reinterpret_cast<Integers>(value);
    const auto halves =
        __builtin_convertvector((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16, Halves);
    __builtin_memcpy(to, &halves, sizeof halves);
}

/// exp(x), accurate to two units in the last place. x = n ln 2 + r; exp(r) is a polynomial (minimax
/// on |r| <= ln 2 / 2), and n is added to the exponent. x is clamped to [-87, 87].
DFD_INLINE void exponential(Vector& x) {
    const Vector lowest = Vector{} - 87.0f, highest = Vector{} + 87.0f;
    x = x < lowest ? lowest : x;
    x = x > highest ? highest : x;
    constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
    Vector n = x * 1.44269504f + kRound;
    const auto power = reinterpret_cast<Integers>(n) << 23;
    n -= kRound;
    const Vector r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
    Vector p = r * 1.98756915e-4f + 1.39819995e-3f;
    p = p * r + 8.33345190e-3f;
    p = p * r + 4.16657959e-2f;
    p = p * r + 1.66666665e-1f;
    p = p * r + 0.5f;
    p = p * r * r + r + 1.0f;
    x = reinterpret_cast<Vector>(reinterpret_cast<Integers>(p) + power);
}

DFD_INLINE void relu6(Vector& x) {
    const Vector lowest{}, highest = lowest + 6.0f;
    x = x < lowest ? lowest : x;
    x = x > highest ? highest : x;
}

DFD_INLINE void silu(Vector& x) {
    Vector e = -x;
    exponential(e);
    x = x / (1.0f + e);
}

/// x * (1 + erf(x / sqrt 2)) / 2. erf / 2 is x times a rational function of x * x, fitted on |x| <=
/// 5.5 (error of the product with x: 7e-9). Beyond that it is 1/2 in float32. All coefficients are
/// positive, so there is no cancellation.
DFD_INLINE void gelu(Vector& x) {
    const Vector lowest = Vector{} - 5.5f, highest = Vector{} + 5.5f;
    Vector near = x < lowest ? lowest : x;
    near = near > highest ? highest : near;
    const Vector t = near * near;
    Vector p = t * 2.274751449e-8f + 6.352018896e-6f;
    Vector q = t * 1.197441924e-6f + 7.36498008e-5f;
    p = p * t + 1.688357648e-4f;
    q = q * t + 1.884504206e-3f;
    p = p * t + 4.677322392e-3f;
    q = q * t + 2.864651624e-2f;
    p = p * t + 3.38538207e-2f;
    q = q * t + 2.515248635e-1f;
    p = p * t + 3.989422347e-1f;
    q = q * t + 1.0f;
    x = x * (0.5f + near * p / q);
}

}  // namespace dfd::nhwc
