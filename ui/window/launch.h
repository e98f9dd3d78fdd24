// Starts the window's program: command-line options, and --help and --version without a display.
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
    /// Requested, or implied by an option that an open window cannot apply.
    bool own_window = false;
};

/// Sets the application's name and version, used for settings, help and the desktop.
void set_application_name(const QString& version);

/// Answers --help and --version, so that they need no display. Returns the exit status if one of
/// them was given before "--", else nothing. `language` is the code of the language to answer in.
[[nodiscard]] std::optional<int> answer_help_or_version(int argc, char** argv,
                                                        const std::string& language);

/// Exits with kUsageStatus if the arguments are invalid. Requires a QCoreApplication.
[[nodiscard]] LaunchOptions parse_launch_options(const QStringList& arguments);

/// Shows and raises a window. `activation` is the desktop's activation token, or empty.
void bring_to_front(QWidget& window, const QByteArray& activation);

/// While it exists, a fatal error of Qt at startup prints a message and exits with kNoDisplayStatus
/// instead of aborting.
class DisplayErrorHandler {
  public:
    DisplayErrorHandler();
    ~DisplayErrorHandler();
    DisplayErrorHandler(const DisplayErrorHandler&) = delete;
    DisplayErrorHandler& operator=(const DisplayErrorHandler&) = delete;
};

}  // namespace dfd::ui
