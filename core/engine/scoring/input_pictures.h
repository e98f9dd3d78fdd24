// The numbers experts are given, as pictures for people. Plain C++.
// Internal to core/engine.
#pragma once

#include <string>

#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// An expert's input tensor with its normalisation undone and rounded to 8 bits: what the network
/// saw, in colours. Blocks; all throw DeviceError, std::bad_alloc.
[[nodiscard]] Pixels input_picture(const Pixels& pixels, const InputPolicy& policy,
                                   const std::string& device);

/// The normalised numbers before any resizing: 0 is mid grey, black and white are kNormalisedRange
/// below and above it.
inline constexpr double kNormalisedRange = 3;
[[nodiscard]] Pixels normalised_picture(const Pixels& pixels, const InputPolicy& policy,
                                        const std::string& device);

/// Whether experts of an architecture read the residuals of brightness instead of pixels.
[[nodiscard]] bool reads_residuals(const std::string& architecture);

/// Those residuals: across, down and both, as red, green and blue; mid grey is none. The last
/// width and height mod 8 pixels are not read. Empty below 8 pixels a side.
[[nodiscard]] Pixels residual_picture(const Pixels& pixels);

}  // namespace dfd
