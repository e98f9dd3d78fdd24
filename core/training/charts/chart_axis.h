// Where an axis begins and ends, and what is written along it. Plain C++.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dfd {

using AxisRange = std::pair<double, double>;  ///< finite, first < second

struct Tick {
    double at = 0;      ///< in the axis' own coordinate
    std::string label;  ///< empty: a grid line only
};

/// Both ends finite and apart, in this order.
[[nodiscard]] bool usable(const AxisRange& range);

/// A little air around `low` .. `high`; a span around a single value; 0 .. 1 when low > high.
[[nodiscard]] AxisRange widened(double low, double high);

/// At round numbers, at most `most` steps.
[[nodiscard]] std::vector<Tick> linear_ticks(const AxisRange& range, int most);

/// The same for an axis over log10: powers of ten, lines between them where there is room; round
/// values where fewer than two powers are to be seen.
[[nodiscard]] std::vector<Tick> log_ticks(const AxisRange& range);

}  // namespace dfd
