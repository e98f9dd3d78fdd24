// The limits of the method in plain words: the only copy of this text. Plain C++.
#pragma once

#include <span>

namespace dfd {

/// Complete sentences, one point each. The first explains what a score is.
[[nodiscard]] std::span<const char* const> method_limits();

}  // namespace dfd
