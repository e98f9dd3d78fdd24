// What the method can and cannot say, in plain words: the one place that holds them. Plain C++.
#pragma once

#include <span>

namespace dfd {

/// Whole sentences, one thought each; the first says what a score is.
[[nodiscard]] std::span<const char* const> method_limits();

}  // namespace dfd
