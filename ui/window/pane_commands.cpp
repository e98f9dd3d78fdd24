#include "ui/window/pane_commands.h"

#include <QAction>
#include <QApplication>
#include <QListView>
#include <QMenu>
#include <QSettings>
#include <QSplitter>

#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/facts_panel.h"
#include "ui/verdict/verdict_pane.h"

namespace dfd::ui {
namespace {

/// Each shows or hides a part of the window.
constexpr const char* kToggles[] = {"show_list", "show_verdict", "show_strip"};

}  // namespace

PaneCommands::PaneCommands(Shell& shell, QSplitter& splitter, VerdictPane& verdict)
    : Study(shell), shell_(shell), splitter_(splitter), verdict_(verdict) {}

void PaneCommands::add_actions(QMenu* menu) {
    const auto add_pane = [&](const char* name, const QString& label, const QString& key,
                              QWidget* pane) {
        QAction* const made = shell_.add_action(menu, name, {}, label, key, [] {});
        made->setCheckable(true);
        made->setChecked(true);
        connect(made, &QAction::toggled, pane, &QWidget::setVisible);
    };
    add_pane("show_list", tr("The &list"), tr("F9"), splitter_.widget(0));
    add_pane("show_verdict", tr("The &verdict"), tr("Shift+F9"), &verdict_);
    add_pane("show_strip", tr("Maps below the pict&ure"), tr("Ctrl+F9"),
             shell_.picture_pane().strip());
    QWidget* const window = shell_.dialog_parent();
    QAction* const full = shell_.add_action(
        menu, "full_screen", {}, tr("&Full screen"), tr("F11"),
        [window] { window->setWindowState(window->windowState() ^ Qt::WindowFullScreen); });
    full->setCheckable(true);
    // The desktop may change it, too.
    const auto show_state = [full, window] { full->setChecked(window->isFullScreen()); };
    connect(menu, &QMenu::aboutToShow, full, show_state);
    connect(full, &QAction::triggered, full, show_state);
    menu->addSeparator();
    shell_.add_action(menu, "next_pane", {}, tr("Next pane"), tr("F6"), [this] { cycle(1); });
    shell_.add_action(menu, "previous_pane", {}, tr("Previous pane"), tr("Shift+F6"),
                      [this] { cycle(-1); });
}

void PaneCommands::cycle(int by) {
    QWidget* const stops[] = {shell_.shown().list(), shell_.picture_pane().view(),
                              verdict_.facts()};
    int now = 0;
    if (verdict_.tabs_are_out() && stops[2]->window()->isActiveWindow())
        now = 2;
    for (int pane = 0; pane < 3; ++pane)
        if (splitter_.widget(pane)->isAncestorOf(QApplication::focusWidget()))
            now = pane;
    do
        now = (now + by + 3) % 3;
    while (splitter_.widget(now)->isHidden());
    stops[now]->window()->activateWindow();
    stops[now]->setFocus(Qt::ShortcutFocusReason);
}

void PaneCommands::restore(const QSettings& settings) {
    splitter_.restoreState(settings.value(QStringLiteral("window/panes")).toByteArray());
    const QStringList hidden = settings.value(QStringLiteral("window/hidden")).toStringList();
    for (const char* const name : kToggles)
        shell_.action(name)->setChecked(!hidden.contains(QLatin1String(name)));
}

void PaneCommands::store(QSettings& settings) const {
    settings.setValue(QStringLiteral("window/panes"), splitter_.saveState());
    QStringList hidden;
    for (const char* const name : kToggles)
        if (!shell_.action(name)->isChecked())
            hidden.append(QLatin1String(name));
    settings.setValue(QStringLiteral("window/hidden"), hidden);
}

}  // namespace dfd::ui
