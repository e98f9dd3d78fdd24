#include "ui/window/panel_commands.h"

#include <QAction>
#include <QSettings>
#include <algorithm>

#include "ui/list/examination_session.h"
#include "ui/look/wording.h"
#include "ui/window/install_dialog.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/panel_dialog.h"
#include "ui/window/status_strip.h"

namespace dfd::ui {
namespace {

/// The panel with the calibration that was used last, if it still has it.
PanelChoice last_choice(const std::filesystem::path& folder, const std::string& calibration) {
    PanelChoice choice{folder.native()};
    if (calibration.empty())
        return choice;
    try {
        if (std::ranges::count(calibration_names(read_panel(folder)), calibration) > 0)
            choice.calibration = calibration;
    } catch (const PanelError&) {  // opening it says why
    }
    return choice;
}

}  // namespace

PanelCommands::PanelCommands(Shell& shell, ExaminationSession& session, PanelChooser& chooser,
                             StatusStrip& status)
    : Study(shell), shell_(shell), session_(session), chooser_(chooser), status_(status) {
    connect(&session_, &ExaminationSession::panel_state_changed, this, &PanelCommands::show_panel);
    connect(&session_, &ExaminationSession::combination_changed, this, &PanelCommands::show_panel);
    connect(&session_, &ExaminationSession::panel_loading, &status_, &StatusStrip::show_loading);
    connect(&session_, &ExaminationSession::panel_failed, this, [this](const QString& sentence) {
        if (session_.panel_state() == PanelState::Ready)
            shell_.tell(Severity::Error, sentence);
    });
    connect(&session_, &ExaminationSession::panels_listed, this,
            [this](const std::vector<ListedPanel>& panels) {
                chooser_.set_panels(panels);
                show_panel();
            });
    connect(&chooser_, &PanelChooser::panel_chosen, this,
            [this](const QString& folder, const QString& calibration) {
                session_.open_panel({to_path(folder).native(), calibration.toStdString()});
            });
    connect(&chooser_, &PanelChooser::install_requested, this, [this] { install(); });
    show_panel();
}

void PanelCommands::add_actions(QMenu* menu) {
    shell_.add_action(menu, "install", QStringLiteral("install"),
                      tr("&Install a panel or an expert…"), {}, [this] { install(); });
    shell_.add_action(menu, "choose_panel", {}, tr("&Choose a panel"), tr("Ctrl+P"), [this] {
        chooser_.setFocus(Qt::ShortcutFocusReason);
        chooser_.showPopup();
    });
    shell_.add_action(
        menu, "about_panel", QStringLiteral("info"), tr("&About this panel…"), {}, [this] {
            auto* const dialog =
                new PanelDialog(session_.evaluator()->panel(), shell_.dialog_parent());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            dialog->open();
        });
    shell_.add_action(menu, "list_panels", QStringLiteral("again"),
                      tr("&Refresh the list of panels"), {}, [this] { session_.list_panels(); });
}

void PanelCommands::refresh() {
    shell_.action("about_panel")->setEnabled(session_.evaluator() != nullptr);
}

void PanelCommands::show_panel() {
    const Evaluator* const evaluator = session_.evaluator();
    chooser_.set_current(evaluator == nullptr ? nullptr : &evaluator->panel());
    status_.show_panel(session_);
}

void PanelCommands::open_first(const std::string& wanted) {
    PanelChoice panel{wanted};
    const QSettings& settings = shell_.settings();
    const QString last = settings.value(QStringLiteral("panel/folder")).toString();
    std::error_code problem;
    if (wanted.empty() && !last.isEmpty() &&
        std::filesystem::exists(to_path(last) / "panel.json", problem))
        panel = last_choice(
            to_path(last),
            settings.value(QStringLiteral("panel/calibration")).toString().toStdString());
    session_.list_panels();
    session_.open_panel(panel);
}

void PanelCommands::store(QSettings& settings) const {
    if (const Evaluator* const evaluator = session_.evaluator()) {
        settings.setValue(QStringLiteral("panel/folder"), path_text(evaluator->panel().folder));
        settings.setValue(QStringLiteral("panel/calibration"),
                          QString::fromStdString(evaluator->panel().calibration));
    }
}

void PanelCommands::install(const QStringList& files) {
    auto* dialog = shell_.dialog_parent()->findChild<InstallDialog*>();
    if (dialog == nullptr) {
        dialog = new InstallDialog(session_.backend(), shell_.threads(), shell_.dialog_parent());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        const auto open_and_say = [this](const QString& sentence) {
            return [this, sentence](const QString& folder) {
                session_.list_panels();
                session_.open_panel({to_path(folder).native()});
                shell_.tell(Severity::Information, sentence.arg(folder));
            };
        };
        connect(dialog, &InstallDialog::installed, this,
                open_and_say(tr("The panel was installed in %1.")));
        connect(dialog, &InstallDialog::expert_added, this,
                open_and_say(tr("The expert was added to the panel in %1, which combines by the "
                                "mean of log-odds now.")));
    }
    for (const QString& file : files)
        dialog->offer_file(file);
    dialog->open();
}

}  // namespace dfd::ui
