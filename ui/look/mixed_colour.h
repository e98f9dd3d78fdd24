// Linear blend of two colours.
#pragma once

#include <QColor>
#include <cmath>

namespace dfd::ui {

/// `from` at share 0, `to` at 1; opaque.
[[nodiscard]] inline QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto part = [&](int a, int b) {
        return static_cast<int>(std::lround(a + (b - a) * share));
    };
    return {part(from.red(), to.red()), part(from.green(), to.green()),
            part(from.blue(), to.blue())};
}

}  // namespace dfd::ui
