// deepfake-defenders: the window.
#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <clocale>
#include <cstdio>

#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/samples.h"
#include "ui/look/wording.h"
#include "ui/window/main_window.h"
#include "ui/work/background_threads.h"

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Main)
};

/// "fp32", "bf16" or "fp16".
std::optional<dfd::Precision> precision_of(const QString& name) {
    for (const auto precision :
         {dfd::Precision::Float32, dfd::Precision::BFloat16, dfd::Precision::Float16})
        if (name == QLatin1String(dfd::precision_name(precision)))
            return precision;
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    // Numbers that core prints, in exports above all, are the same in every country.
    std::setlocale(LC_NUMERIC, "C");
    QApplication::setApplicationName(QStringLiteral("deepfake-defenders"));
    QApplication::setApplicationDisplayName(QStringLiteral("DeepFakeDefenders"));
    QApplication::setOrganizationName(QStringLiteral("deepfake-defenders"));
    QApplication::setApplicationVersion(QStringLiteral(DFD_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("deepfake-defenders"));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        Words::tr("Shows what a panel of deepfake experts thinks of pictures."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption panel(QStringLiteral("panel"),
                                   Words::tr("Panel by name, folder or panel.json."),
                                   QStringLiteral("panel"));
    const QCommandLineOption device(QStringLiteral("device"),
                                    Words::tr("auto, cpu, cuda or cuda:N."),
                                    QStringLiteral("device"), QStringLiteral("auto"));
    const QCommandLineOption precision(QStringLiteral("precision"),
                                       Words::tr("fp32, bf16 or fp16."),
                                       QStringLiteral("precision"), QStringLiteral("fp32"));
    const QCommandLineOption case_file(QStringLiteral("case"), Words::tr("Case to review."),
                                       QStringLiteral("file"));
    parser.addOptions({panel, device, precision, case_file});
    parser.addPositionalArgument(QStringLiteral("path"), Words::tr("Pictures, folders, or a case."),
                                 QStringLiteral("[path…]"));
    parser.process(application);
    const auto chosen_precision = precision_of(parser.value(precision));
    if (!chosen_precision) {
        std::fprintf(stderr, "%s\n",
                     qPrintable(Words::tr("\"%1\" is no precision. Use fp32, bf16 or fp16.")
                                    .arg(parser.value(precision))));
        return 2;
    }

    // Declared before the window and so destroyed after it: the process waits for the expert that
    // still runs, the user does not.
    dfd::ui::BackgroundThreads threads;
    dfd::ui::Appearance appearance;
    QApplication::setWindowIcon(dfd::ui::icon(QStringLiteral("application")));
    QSettings settings;
    dfd::ui::MainWindow window({
        dfd::ui::core_backend(parser.value(device).toStdString(), *chosen_precision),
        threads,
        appearance,
        settings,
        parser.value(panel).toStdString(),
        dfd::ui::samples_folder(),
    });
    std::vector<std::filesystem::path> paths;
    for (const QString& path : parser.positionalArguments())
        paths.push_back(std::filesystem::absolute(dfd::ui::to_path(path)));
    if (parser.isSet(case_file))
        window.open_case(dfd::ui::to_path(parser.value(case_file)));
    else if (!paths.empty())
        window.open_paths(paths);
    window.show();
    return QApplication::exec();
}
