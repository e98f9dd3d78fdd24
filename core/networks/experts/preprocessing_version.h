// Version of the preprocessing. Plain C++.
#pragma once

namespace dfd {

/// Version of the preprocessing that turns pixels into an expert's input. It increases when an
/// expert would get other numbers from the same picture and panel, so that outdated results and
/// calibrations are recognised.
inline constexpr int kPreprocessingVersion = 1;

}  // namespace dfd
