// How the window's program is started: its options, and the answers that need no display.
#pragma once

#include <QByteArray>
#include <QStringList>
#include <optional>
#include <string>

#include "core/engine/scoring/evaluator.h"
#include "ui/window/single_instance.h"

class QWidget;

namespace dfd::ui {

constexpr int kUsageStatus = 2;
constexpr int kNoDisplayStatus = 3;

struct LaunchOptions {
    std::string panel;
    std::string device;
    Precision precision = Precision::Float32;
    OpenRequest request;
    /// Asked for, or by an option that a window that is open already cannot follow.
    bool own_window = false;
};

/// Name and version, which settings, help and desktop go by.
void name_application(const QString& version);

/// --help and --version answer before anything needs a display: the exit status, if it was one of
/// them. Later arguments, and those after "--", count as they do for the window.
[[nodiscard]] std::optional<int> answered_without_display(int argc, char** argv);

/// Ends the process with the status for usage when it cannot be understood. Needs an application.
[[nodiscard]] LaunchOptions read_launch(const QStringList& arguments);

/// Shows and raises a window, with the desktop's permission to do so where it gave one.
void come_to_front(QWidget& window, const QByteArray& activation);

/// While it lives, Qt's reason to give up becomes a sentence and an exit status instead of an
/// abort.
class DisplayWatch {
  public:
    DisplayWatch();
    ~DisplayWatch();
    DisplayWatch(const DisplayWatch&) = delete;
    DisplayWatch& operator=(const DisplayWatch&) = delete;
};

}  // namespace dfd::ui
