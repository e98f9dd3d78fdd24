// The values that experts receive, as pictures for display. Plain C++.
// Internal to core/engine.
#pragma once

#include <string>

#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// An expert's input tensor with its normalisation undone, rounded to 8 bits: what the network saw,
/// in colour. Of a picture of which the policy reads only windows, the rest is veiled. Blocks. All
/// functions throw DeviceError, std::bad_alloc.
[[nodiscard]] Pixels input_picture(const Pixels& pixels, const InputPolicy& policy,
                                   const std::string& device);

/// The normalised values before any resizing: 0 is mid grey, -kNormalisedRange black and
/// +kNormalisedRange white. Veiled as above.
inline constexpr double kNormalisedRange = 3;
[[nodiscard]] Pixels normalised_picture(const Pixels& pixels, const InputPolicy& policy,
                                        const std::string& device);

/// Whether experts of an architecture read residuals of the brightness instead of pixels.
[[nodiscard]] bool reads_residuals(const std::string& architecture);

/// Whether there are any: not below 8 pixels a side.
[[nodiscard]] bool has_residuals(const Pixels& pixels, const InputPolicy& policy);
/// Those residuals: horizontal, vertical and both, as red, green and blue; mid grey is none. The
/// last width mod 8 columns and height mod 8 rows are not read. Empty where there are none. Veiled
/// as above.
[[nodiscard]] Pixels residual_picture(const Pixels& pixels, const InputPolicy& policy = {});

}  // namespace dfd
