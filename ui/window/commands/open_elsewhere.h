// Hands a file or a folder to another program.
// Internal to ui/window.
#pragma once

#include <QString>

namespace dfd::ui {

class StudyHost;

/// Says so where no program opens it.
void open_elsewhere(StudyHost& host, const QString& path);

}  // namespace dfd::ui
