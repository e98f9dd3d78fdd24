// deepfake-defenders: the main program of the window.
#include <QApplication>
#include <QLocale>
#include <QSettings>
#include <clocale>
#include <cstdlib>
#include <optional>
#include <string>

#include "core/base/version.h"
#include "core/casework/store/case_recognition.h"
#include "core/engine/examine/examiner.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/language.h"
#include "ui/look/samples.h"
#include "ui/window/launch.h"
#include "ui/window/main_window.h"
#include "ui/window/single_instance.h"
#include "ui/work/background_threads.h"

namespace {

int run(int argc, char** argv) {
    dfd::ui::set_application_name(QString::fromStdString(dfd::program_version_with_commit()));
    const std::string language = dfd::ui::language_at_start(
        QSettings().value(QLatin1String(dfd::ui::kLanguageSetting)).toString(),
        QLocale::system().uiLanguages());
    if (const auto status = dfd::ui::answer_help_or_version(argc, argv, language))
        return *status;
    std::optional<dfd::ui::DisplayErrorHandler> display_errors(std::in_place);
    QApplication application(argc, argv);
    display_errors.reset();
    // Numbers printed by core, especially in exports, must not depend on the locale.
    std::setlocale(LC_NUMERIC, "C");
    dfd::ui::speak(language);
    QApplication::setApplicationDisplayName(QStringLiteral("DeepFakeDefenders"));
    QApplication::setDesktopFileName(QStringLiteral("deepfake-defenders"));

    const dfd::ui::LaunchOptions options = dfd::ui::parse_launch_options(QApplication::arguments());
    dfd::ui::SingleInstance instance(
        options.own_window ? QString() : dfd::ui::SingleInstance::default_socket());
    if (instance.claim(options.request) == dfd::ui::SingleInstance::Role::Delivered)
        return 0;

    // Declared before the window, so destroyed after it: the window closes at once, and the process
    // then waits for what is still being written.
    dfd::ui::BackgroundThreads threads;
    dfd::ui::Appearance appearance;
    QApplication::setWindowIcon(dfd::ui::icon(QStringLiteral("application")));
    QSettings settings;
    dfd::ui::MainWindow window({
        dfd::ui::core_backend(options.device, options.precision),
        threads,
        appearance,
        settings,
        options.panel,
        dfd::ui::samples_folder(),
    });
    const auto open = [&window](const dfd::ui::OpenRequest& request) {
        if (request.as_case)
            window.open_case(request.paths.front());
        else if (!request.paths.empty())
            window.open_paths(request.paths);
    };
    // An open case keeps everything it takes in, so pictures opened elsewhere must not be added to
    // it.
    instance.set_accepts([&window](const dfd::ui::OpenRequest& request) {
        return !window.case_controller().is_open() || request.paths.empty() || request.as_case ||
               (request.paths.size() == 1 && dfd::is_case_file(request.paths.front()));
    });
    QObject::connect(&instance, &dfd::ui::SingleInstance::requested, &window,
                     [&](const dfd::ui::OpenRequest& request) {
                         dfd::ui::bring_to_front(window, request.activation);
                         open(request);
                     });
    open(options.request);
    window.show();
    return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    const int status = run(argc, argv);
    // An expert that was stopped may still be computing in libraries that are unloaded when main()
    // ends.
    if (dfd::abandoned_examinations() > 0)
        std::_Exit(status);
    return status;
}
