// Sensor-like Gaussian noise. Plain C++.
#pragma once

#include <cstdint>
#include <span>

namespace dfd {

/// Adds independent Gaussian noise to each 8-bit value in place, with standard deviation `sigma` in
/// levels of 255. Results are clamped to 0 .. 255. The noise depends only on the seed and the
/// number of values.
void add_noise(std::span<std::uint8_t> values, double sigma, std::uint64_t seed);

}  // namespace dfd
