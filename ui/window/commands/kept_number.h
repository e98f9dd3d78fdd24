// Reads numbers from the settings.
// Internal to ui/window.
#pragma once

#include <QSettings>
#include <algorithm>

namespace dfd::ui {

/// From 0 to `last`, whatever the file says.
[[nodiscard]] inline int kept_number(const QSettings& settings, const char* key, int fallback,
                                     int last) {
    return std::clamp(settings.value(QLatin1String(key), fallback).toInt(), 0, last);
}

}  // namespace dfd::ui
