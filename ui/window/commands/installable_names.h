// Which files Install takes, by their names.
#pragma once

#include <QFileInfo>
#include <QString>

namespace dfd::ui {

/// One of the two checkpoint files of the published panel.
[[nodiscard]] inline bool is_checkpoint_name(const QString& file_name) {
    const QString suffix = QFileInfo(file_name).suffix().toLower();
    return suffix == QLatin1String("pth") || suffix == QLatin1String("pt") ||
           suffix == QLatin1String("state");
}

/// An ONNX model or a manifest of an expert.
[[nodiscard]] inline bool is_expert_name(const QString& file_name) {
    return file_name.endsWith(QLatin1String(".onnx"), Qt::CaseInsensitive) ||
           QFileInfo(file_name).fileName() == QLatin1String("manifest.json");
}

[[nodiscard]] inline bool is_installable_name(const QString& file_name) {
    return is_checkpoint_name(file_name) || is_expert_name(file_name);
}

}  // namespace dfd::ui
