// Noise as a sensor adds it. Plain C++.
#pragma once

#include <cstdint>
#include <span>

namespace dfd {

/// Adds to each 8-bit value Gaussian noise of its own, `sigma` levels of 255 in standard deviation,
/// in place; what leaves 0 .. 255 is cut there. The same seed and number of values give the same
/// noise, whatever the values mean.
void add_noise(std::span<std::uint8_t> values, double sigma, std::uint64_t seed);

}  // namespace dfd
