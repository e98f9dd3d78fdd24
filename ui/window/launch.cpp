#include "ui/window/launch.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QWidget>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "ui/look/language.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Launch)
};

/// "fp32", "bf16" or "fp16".
std::optional<Precision> precision_of(const QString& name) {
    for (const auto precision : {Precision::Float32, Precision::BFloat16, Precision::Float16})
        if (name == QLatin1String(precision_name(precision)))
            return precision;
    return std::nullopt;
}

const QString kPanel = QStringLiteral("panel");
const QString kDevice = QStringLiteral("device");
const QString kPrecision = QStringLiteral("precision");
const QString kCase = QStringLiteral("case");
const QString kNewWindow = QStringLiteral("new-window");

void describe(QCommandLineParser& parser) {
    parser.setApplicationDescription(
        Words::tr("Shows how a panel of deepfake experts scores pictures.\n\nIf a window is "
                  "already open, the pictures open in it, unless it shows a case or one of "
                  "--panel, --device, --precision and --new-window is given."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {kPanel, Words::tr("Panel by name, folder or panel.json."), kPanel},
        {kDevice, Words::tr("auto, cpu, cuda or cuda:N."), kDevice, QStringLiteral("auto")},
        {kPrecision, Words::tr("fp32, bf16 or fp16."), kPrecision, QStringLiteral("fp32")},
        {kCase, Words::tr("Case to review."), QStringLiteral("file")},
        {kNewWindow,
         Words::tr("Open a separate window, which does not receive the files of later starts.")},
    });
    parser.addPositionalArgument(QStringLiteral("path"), Words::tr("Pictures, folders, or a case."),
                                 QStringLiteral("[path…]"));
}

QtMessageHandler previous_handler = nullptr;
QStringList held_messages;

bool display_is_configured() {
    for (const char* const name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (!qEnvironmentVariableIsEmpty(name))
            return true;
    return false;
}

void handle_startup_message(QtMsgType type, const QMessageLogContext& context,
                            const QString& message) {
    if (type != QtFatalMsg) {
        held_messages.append(message);
        return;
    }
    static_cast<void>(context);
    if (display_is_configured()) {
        std::fputs("deepfake-defenders: The window cannot be shown. Qt says:\n", stderr);
        for (const QString& line : std::as_const(held_messages))
            std::fprintf(stderr, "    %s\n", qPrintable(line));
    } else {
        std::fputs("deepfake-defenders: There is no display to show the window on.\n", stderr);
    }
    std::fputs("The command line program dfd does the same without a display: dfd --help\n",
               stderr);
    std::_Exit(kNoDisplayStatus);
}

}  // namespace

void set_application_name(const QString& version) {
    QCoreApplication::setApplicationName(QStringLiteral("deepfake-defenders"));
    QCoreApplication::setOrganizationName(QStringLiteral("deepfake-defenders"));
    QCoreApplication::setApplicationVersion(version);
}

std::optional<int> answer_help_or_version(int argc, char** argv, const std::string& language) {
    bool help = false;
    bool version = false;
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        const std::string_view argument = argv[i];
        help = help || argument == "--help" || argument == "-h";
        version = version || argument == "--version" || argument == "-v";
    }
    if (!help && !version)
        return std::nullopt;
    const QCoreApplication application(argc, argv);
    speak(language);
    QCommandLineParser parser;
    describe(parser);
    const QString text = help ? parser.helpText()
                              : QCoreApplication::applicationName() + QLatin1Char(' ') +
                                    QCoreApplication::applicationVersion() + QLatin1Char('\n');
    std::fputs(qPrintable(text), stdout);
    return std::fflush(stdout) == 0 ? 0 : 1;
}

LaunchOptions parse_launch_options(const QStringList& arguments) {
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments)) {
        std::fprintf(stderr, "deepfake-defenders: %s\n", qPrintable(parser.errorText()));
        std::exit(kUsageStatus);
    }
    parser.process(arguments);  // handles --help-all
    const auto precision = precision_of(parser.value(kPrecision));
    if (!precision) {
        std::fprintf(
            stderr, "%s\n",
            qPrintable(Words::tr("\"%1\" is not a supported precision. Use fp32, bf16 or fp16.")
                           .arg(parser.value(kPrecision))));
        std::exit(kUsageStatus);
    }
    LaunchOptions options;
    options.panel = parser.value(kPanel).toStdString();
    options.device = parser.value(kDevice).toStdString();
    options.precision = *precision;
    options.request.as_case = parser.isSet(kCase);
    options.request.activation = qgetenv("XDG_ACTIVATION_TOKEN");
    for (const QString& path : options.request.as_case ? QStringList{parser.value(kCase)}
                                                       : parser.positionalArguments()) {
        if (path.isEmpty()) {
            std::fprintf(
                stderr, "%s\n",
                qPrintable(Words::tr("A path is empty. Name a picture, a folder or a case.")));
            std::exit(kUsageStatus);
        }
        options.request.paths.push_back(std::filesystem::absolute(to_path(path)));
    }
    for (const QString& option : {kPanel, kDevice, kPrecision, kNewWindow})
        options.own_window = options.own_window || parser.isSet(option);
    return options;
}

void bring_to_front(QWidget& window, const QByteArray& activation) {
    if (!activation.isEmpty())
        qputenv("XDG_ACTIVATION_TOKEN", activation);  // Qt passes it to the compositor
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.show();
    window.raise();
    window.activateWindow();
}

DisplayErrorHandler::DisplayErrorHandler() {
    previous_handler = qInstallMessageHandler(handle_startup_message);
}

DisplayErrorHandler::~DisplayErrorHandler() {
    qInstallMessageHandler(previous_handler);
    for (const QString& message : std::as_const(held_messages))
        qWarning().noquote() << message;
    held_messages.clear();
}

}  // namespace dfd::ui
