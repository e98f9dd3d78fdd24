// Identifies experts' input tensors, to share them and to recognise them later. Plain C++.
// Internal to core/engine.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// Experts whose keys are equal share the prepared tensor.
using InputKey = std::tuple<Resize, int, std::array<float, 3>, std::array<float, 3>,
                            std::optional<WindowPolicy>>;
[[nodiscard]] InputKey input_key(const InputPolicy& policy);

/// A tensor [1,3,height,width] float32.
struct InputSummary {
    int width = 0;
    int height = 0;
    std::string sha256;  ///< of the values' bytes: float32, little-endian, row-major
    /// At most 64 values from all over it, to distinguish rounding on another CPU from other
    /// changes.
    std::vector<float> samples;
};

/// Prepares the tensor on `device` ("cpu", "cuda:0") as scoring does: of a picture of which the
/// policy reads only windows, the tensor of these, one below the other. Blocks; throws DeviceError,
/// std::bad_alloc.
[[nodiscard]] InputSummary summarise_input(const Pixels& pixels, const InputPolicy& policy,
                                           const std::string& device);

}  // namespace dfd
