// The main window's menus, toolbar and their actions.
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSplitter>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "core/base/data_folders.h"
#include "core/engine/results/publication.h"
#include "ui/case/case_filter_bar.h"
#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/banner.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/case_collection.h"
#include "ui/window/main_window.h"
#include "ui/window/manual_dialog.h"
#include "ui/window/panel_chooser.h"
#include "ui/window/panel_dialog.h"
#include "ui/window/shortcuts_dialog.h"
#include "ui/window/status_strip.h"

namespace dfd::ui {

QAction* MainWindow::action(const char* name) const {
    auto* const found = findChild<QAction*>(QLatin1String(name));
    Q_ASSERT(found != nullptr);
    return found;
}

QAction* MainWindow::add_action(QMenu* menu, const char* name, const QString& icon_name,
                                const QString& label, const QKeySequence& shortcut,
                                const std::function<void()>& act) {
    auto* const made = new QAction(label, this);
    made->setObjectName(QLatin1String(name));
    if (!icon_name.isEmpty())
        made->setIcon(icon(icon_name));
    made->setShortcut(shortcut);
    made->setIconVisibleInMenu(false);
    QString plain = label;
    plain.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
    made->setToolTip(shortcut.isEmpty() ? plain
                                        : QStringLiteral("%1 (%2)").arg(
                                              plain, shortcut.toString(QKeySequence::NativeText)));
    connect(made, &QAction::triggered, this, act);
    menu->addAction(made);
    return made;
}

void MainWindow::build_actions() {
    QMenu* const file = menuBar()->addMenu(tr("&File"));
    files_->add_actions(file);
    file->addSeparator();
    results_->add_actions(file);
    file->addSeparator();
    results_->add_places(file);
    file->addSeparator();
    add_action(file, "quit", {}, tr("&Quit"), QKeySequence::Quit, [this] {
        close();
    })->setShortcut(tr("Ctrl+Q"));
    build_edit_menu();
    build_view_menu();
    cases_->add_actions(menuBar()->addMenu(tr("&Case")));
    build_panel_menu();
    build_help_menu();
    build_toolbar();
}

void MainWindow::build_edit_menu() {
    QMenu* const menu = menuBar()->addMenu(tr("&Edit"));
    add_action(menu, "undo", {}, tr("&Undo"), QKeySequence::Undo, [this] { shown().undo(); });
    menu->addSeparator();
    files_->add_paste(menu);
    results_->add_copies(menu);
    menu->addSeparator();
    add_action(menu, "find", QStringLiteral("search"), tr("&Filter the list"), QKeySequence::Find,
               [this] { shown().focus_filter(); });
    add_action(menu, "again", QStringLiteral("again"), tr("&Examine again"), tr("F5"),
               [this] { session_->examine_again(exhibits_->selected()); });
    // Text fields take Delete before it becomes a shortcut.
    add_action(menu, "remove", QStringLiteral("remove"), tr("&Remove from the list"),
               QKeySequence::Delete, [this] { session_->remove(exhibits_->selected()); });
    menu->addSeparator();
    // Escape, see keyPressEvent, asks before it stops.
    add_action(menu, "stop", QStringLiteral("stop"), tr("&Stop examining"), {}, [this] {
        stop_all();
    })->setToolTip(tr("Stop examining (Esc, Esc)"));
}

void MainWindow::build_view_menu() {
    QMenu* const menu = menuBar()->addMenu(tr("&View"));
    PictureView* const view = picture_->view();
    OverlayControls* const controls = picture_->controls();
    add_action(menu, "fit", QStringLiteral("fit"), tr("&Fit the whole picture"), tr("Ctrl+0"),
               [view] { view->zoom_to_fit(); });
    add_action(menu, "actual", QStringLiteral("actual"), tr("&Actual pixels"), tr("Ctrl+1"),
               [view] { view->zoom_to_actual_pixels(); });
    add_action(menu, "zoom_in", QStringLiteral("zoom_in"), tr("Zoom &in"), QKeySequence::ZoomIn,
               [view] { view->zoom_by(1.25); })
        ->setShortcuts({tr("Ctrl++"), tr("Ctrl+=")});
    add_action(menu, "zoom_out", QStringLiteral("zoom_out"), tr("Zoom &out"), QKeySequence::ZoomOut,
               [view] { view->zoom_by(0.8); });
    menu->addSeparator();
    add_action(menu, "toggle_map", QStringLiteral("overlay"), tr("Show or hide the &heatmap"),
               tr("Ctrl+H"), [controls] { controls->toggle_map(); });
    add_action(menu, "next_map", {}, tr("&Next expert's heatmap"), tr("Ctrl+]"),
               [controls] { controls->step_map(1); });
    add_action(menu, "previous_map", {}, tr("&Previous expert's heatmap"), tr("Ctrl+["),
               [controls] { controls->step_map(-1); });
    const auto add_mode = [&](const char* name, const QString& label, const QString& shortcut,
                              CompareMode mode) {
        add_action(menu, name, {}, label, shortcut, [controls, mode] {
            OverlaySettings choice = controls->settings();
            choice.mode = choice.mode == mode ? CompareMode::Overlay : mode;
            controls->set_settings(choice);
            Q_EMIT controls->changed();
        });
    };
    add_mode("side_by_side", tr("&Side by side"), tr("Ctrl+D"), CompareMode::SideBySide);
    add_mode("blink", tr("&Blink"), tr("Ctrl+B"), CompareMode::Blink);
    menu->addSeparator();
    add_action(menu, "next_pane", {}, tr("Next pane"), tr("F6"), [this] { cycle_panes(1); });
    add_action(menu, "previous_pane", {}, tr("Previous pane"), tr("Shift+F6"),
               [this] { cycle_panes(-1); });
    menu->addSeparator();
    for (const auto& study : studies_)
        study->add_actions(menu);
    menu->addSeparator();

    QMenu* const looks = menu->addMenu(tr("Appearan&ce"));
    auto* const group = new QActionGroup(this);
    const std::pair<Appearance::Choice, QString> choices[] = {
        {Appearance::Choice::System, tr("Follow the &system")},
        {Appearance::Choice::Light, tr("&Light")},
        {Appearance::Choice::Dark, tr("&Dark")},
    };
    for (const auto& [choice, label] : choices) {
        QAction* const entry = looks->addAction(label);
        entry->setCheckable(true);
        group->addAction(entry);
        connect(entry, &QAction::triggered, this,
                [this, choice = choice] { appearance_.choose(choice); });
        connect(looks, &QMenu::aboutToShow, entry, [this, entry, choice = choice] {
            entry->setChecked(appearance_.choice() == choice);
        });
    }
}

void MainWindow::build_panel_menu() {
    QMenu* const menu = menuBar()->addMenu(tr("&Panel"));
    add_action(menu, "install", QStringLiteral("install"), tr("&Install a panel or an expert…"), {},
               [this] { open_install_dialog(); });
    add_action(menu, "choose_panel", {}, tr("&Choose a panel"), tr("Ctrl+P"), [this] {
        panels_->setFocus(Qt::ShortcutFocusReason);
        panels_->showPopup();
    });
    add_action(menu, "about_panel", QStringLiteral("info"), tr("&About this panel…"), {}, [this] {
        auto* const dialog = new PanelDialog(session_->evaluator()->panel(), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    add_action(menu, "list_panels", QStringLiteral("again"), tr("&Refresh the list of panels"), {},
               [this] { session_->list_panels(); });
}

void MainWindow::build_help_menu() {
    QMenu* const menu = menuBar()->addMenu(tr("&Help"));
    add_action(menu, "manual", QStringLiteral("info"), tr("&Manual"), QKeySequence::HelpContents,
               [this] {
                   auto* dialog = findChild<ManualDialog*>();
                   if (dialog == nullptr) {
                       dialog = new ManualDialog(data_folder("manual").value_or(""), this);
                       dialog->setAttribute(Qt::WA_DeleteOnClose);
                   }
                   dialog->show();
                   dialog->raise();
                   dialog->activateWindow();
               });
    add_action(menu, "shortcuts", {}, tr("&Keyboard shortcuts…"), tr("Ctrl+F1"), [this] {
        auto* const dialog = new ShortcutsDialog(*menuBar(), this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    menu->addSeparator();
    add_action(menu, "about", {}, tr("&About DeepFakeDefenders"), {}, [this] { show_about(); });
}

void MainWindow::build_toolbar() {
    auto* const bar = addToolBar(tr("Toolbar"));
    bar->setObjectName(QStringLiteral("toolbar"));
    bar->setMovable(false);
    bar->setIconSize(QSize(24, 24));
    bar->toggleViewAction()->setEnabled(false);
    for (const char* const name : {"open", "open_folder", "paste", "open_case"})
        bar->addAction(action(name));
    bar->addSeparator();
    for (const char* const name : {"again", "remove", "stop"})
        bar->addAction(action(name));
    bar->addSeparator();
    for (const char* const name : {"copy", "save_report"})
        bar->addAction(action(name));
    auto* const space = new QWidget(bar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    auto* const label = make_label(bar, TextSize::Body, false, true);
    label->setText(tr("Panel"));
    label->setBuddy(panels_);
    label->setContentsMargins(0, 0, kGrid / 2, 0);
    bar->addWidget(label);
    bar->addWidget(panels_);
    for (QToolButton* const button : bar->findChildren<QToolButton*>()) {
        button->setFocusPolicy(Qt::TabFocus);
        if (button->defaultAction() != nullptr)
            button->setAccessibleName(button->defaultAction()->toolTip());
    }
    // The button opens a menu of all export formats, so use a general tool tip.
    if (auto* const button =
            qobject_cast<QToolButton*>(bar->widgetForAction(action("save_report")))) {
        button->setToolTip(tr("Save a report of this picture, or export its result"));
        button->setAccessibleName(button->toolTip());
        button->setPopupMode(QToolButton::InstantPopup);
        auto* const kinds = new QMenu(button);
        for (const char* const name : {"save_report", "export_png", "export_json", "export_csv"})
            kinds->addAction(action(name));
        button->setMenu(kinds);
    }
}

void MainWindow::stop_all() {
    session_->cancel_all();
    cases_->stop();
}

void MainWindow::ask_to_stop() {
    if (!action("stop")->isEnabled())
        return;
    if (stop_question_ != nullptr) {
        banners_->dismiss(stop_question_->text());
        stop_all();
        return;
    }
    stop_question_ = banners_->show_message(
        Severity::Information, tr("Stop? What is finished is kept. Press Esc again to stop."));
    stop_question_->set_action(tr("Stop"), [this] { stop_all(); });
}

void MainWindow::announce_removal(int count, const QString& first_name) {
    banners_->dismiss(removal_banner_);
    removal_banner_ = count == 1 ? tr("%1 was removed from the list.").arg(first_name)
                                 : tr("%1 pictures were removed from the list.").arg(count);
    banners_->show_message(Severity::Information, removal_banner_)->set_action(tr("Undo"), [this] {
        session_->restore_removed();
    });
}

QMenu* MainWindow::context_menu() {
    auto* const menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](std::initializer_list<const char*> names) {
        for (const char* const name : names)
            menu->addAction(action(name));
        menu->addSeparator();
    };
    add({"copy", "copy_picture", "copy_path"});
    if (case_->is_open())
        add({"mark_suspicious", "mark_cleared", "mark_to_check", "mark_none", "add_tag",
             "add_note"});
    add({"save_report", "export_png", "export_json", "export_csv"});
    add({"compare", "show_in_folder", "open_elsewhere"});
    if (!case_->is_open())
        add({"again", "remove"});
    return menu;
}

void MainWindow::show_about() {
    auto* const dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("About DeepFakeDefenders"));
    auto* const mark = new QLabel(dialog);
    mark->setPixmap(
        icon_pixmap(QStringLiteral("application"), look().text, 8 * kGrid, devicePixelRatioF()));
    auto* const name = make_label(dialog, TextSize::Body, true);
    name->setText(tr("DeepFakeDefenders %1").arg(QCoreApplication::applicationVersion()));
    auto* const words = make_label(dialog, TextSize::Body);
    words->setWordWrap(true);
    words->setMinimumWidth(50 * kGrid);
    words->setText(
        tr("Shows how each expert of a panel scores a picture, where it sees evidence, and how "
           "much the experts disagree. A score is the opinion of neural networks, not a "
           "proof.\n\nFree software under the GNU General Public License, version 3 or later."));
    auto* const versions = make_label(dialog, TextSize::Caption, false, true);
    QStringList lines{QStringLiteral("Qt %1").arg(QLatin1String(qVersion()))};
    for (const auto& [library, version] : library_versions())
        if (library != "Qt")
            lines.append(QString::fromStdString(library + " " + version));
    versions->setText(lines.join(QStringLiteral("   ·   ")));
    versions->setWordWrap(true);
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* const column = new QVBoxLayout(dialog);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    for (QWidget* const part :
         std::initializer_list<QWidget*>{mark, name, words, versions, buttons})
        column->addWidget(part);
    dialog->open();
}

void MainWindow::cycle_panes(int by) {
    QWidget* const stops[] = {shown().list(), picture_->view(), verdict_->facts()};
    int now = 0;
    for (int pane = 0; pane < 3; ++pane)
        if (splitter_->widget(pane)->isAncestorOf(QApplication::focusWidget()))
            now = pane;
    stops[(now + by + 3) % 3]->setFocus(Qt::ShortcutFocusReason);
}

}  // namespace dfd::ui
