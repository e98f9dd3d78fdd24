#include "ui/window/tool_bar.h"

#include <QAction>
#include <QCoreApplication>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QSettings>
#include <QToolBar>
#include <QToolButton>

#include "ui/look/appearance.h"
#include "ui/window/commands/shell.h"
#include "ui/window/panel_chooser.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ToolBar)
};

}  // namespace

void build_tool_bar(QMainWindow& window, Shell& shell, PanelChooser& panels, QMenu* menu) {
    auto* const bar = window.addToolBar(Words::tr("Toolbar"));
    bar->setObjectName(QStringLiteral("toolbar"));
    bar->setMovable(false);
    bar->setIconSize(QSize(24, 24));
    bar->toggleViewAction()->setEnabled(false);
    const auto add = [&](const char* name, const QString& word) {
        shell.action(name)->setIconText(word);
        bar->addAction(shell.action(name));
    };
    add("open", Words::tr("Open"));
    add("open_folder", Words::tr("Folder"));
    add("paste", Words::tr("Paste"));
    add("open_case", Words::tr("Case"));
    bar->addSeparator();
    add("again", Words::tr("Again"));
    add("remove", Words::tr("Remove"));
    add("stop", Words::tr("Stop"));
    bar->addSeparator();
    add("copy", Words::tr("Copy"));
    add("save_report", Words::tr("Save"));
    auto* const space = new QWidget(bar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    auto* const label = make_label(bar, TextSize::Body, false, true);
    label->setText(Words::tr("Panel"));
    label->setBuddy(&panels);
    label->setContentsMargins(0, 0, kGrid / 2, 0);
    bar->addWidget(label);
    bar->addWidget(&panels);
    for (QToolButton* const button : bar->findChildren<QToolButton*>()) {
        button->setFocusPolicy(Qt::TabFocus);
        if (button->defaultAction() != nullptr)
            button->setAccessibleName(button->defaultAction()->toolTip());
    }
    // The button opens a menu of all export formats, so use a general tool tip.
    if (auto* const button =
            qobject_cast<QToolButton*>(bar->widgetForAction(shell.action("save_report")))) {
        button->setToolTip(Words::tr("Save a report of this picture, or export its result"));
        button->setAccessibleName(button->toolTip());
        button->setPopupMode(QToolButton::InstantPopup);
        auto* const kinds = new QMenu(button);
        for (const char* const name : {"save_report", "export_png", "export_json", "export_csv"})
            kinds->addAction(shell.action(name));
        button->setMenu(kinds);
    }

    const QString kept = QStringLiteral("window/tool_words");
    QAction* const words =
        shell.add_action(menu, "tool_words", {}, Words::tr("&Words under the icons"), {}, [] {});
    words->setCheckable(true);
    QObject::connect(words, &QAction::toggled, bar, [bar, &shell, kept](bool on) {
        bar->setToolButtonStyle(on ? Qt::ToolButtonTextUnderIcon : Qt::ToolButtonIconOnly);
        shell.settings().setValue(kept, on);
    });
    words->setChecked(shell.settings().value(kept).toBool());
}

}  // namespace dfd::ui
