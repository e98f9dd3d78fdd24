// The limits of the method, and of the bundled panel, in plain words: the only copy of this text.
// Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/base/language.h"

namespace dfd {

/// Wherever a score of the bundled panel is read. English, to be said.
inline constexpr const char* kTrialCaution = to_say(
    "This is the bundled trial panel. It is often wrong, both ways. Do not decide or publish on "
    "it; check the picture by other means.");

/// Complete sentences, one point each. The first explains what a score is.
[[nodiscard]] std::vector<std::string> method_limits();
/// The two of them that no page with a score should lack.
[[nodiscard]] std::vector<std::string> main_limits();

}  // namespace dfd
