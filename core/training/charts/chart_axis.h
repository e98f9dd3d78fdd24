// Axis ranges and tick labels of charts. Plain C++.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dfd {

using AxisRange = std::pair<double, double>;  ///< finite, first < second

struct Tick {
    double at = 0;      ///< in axis coordinates
    std::string label;  ///< empty: grid line without a label
};

/// True if both ends are finite and first < second.
[[nodiscard]] bool usable(const AxisRange& range);

/// `low` .. `high` with a small margin; an interval around a single value; 0 .. 1 when low > high.
[[nodiscard]] AxisRange widened(double low, double high);

/// Ticks at round numbers, at most `most` steps.
[[nodiscard]] std::vector<Tick> linear_ticks(const AxisRange& range, int most);

/// Ticks for an axis over log10: powers of ten, with grid lines between them where there is room;
/// round values when the range has fewer than two powers of ten.
[[nodiscard]] std::vector<Tick> log_ticks(const AxisRange& range);

}  // namespace dfd
