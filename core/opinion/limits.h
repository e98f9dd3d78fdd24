// The limits of the method, and of the bundled panel, in plain words: the only copy of this text.
// Plain C++.
#pragma once

#include <span>

namespace dfd {

/// Wherever a score of the bundled panel is read.
inline constexpr const char* kTrialCaution =
    "This is the bundled trial panel. It is often wrong, both ways. Do not decide or publish on "
    "it; check the picture by other means.";

/// Complete sentences, one point each. The first explains what a score is.
[[nodiscard]] std::span<const char* const> method_limits();

}  // namespace dfd
