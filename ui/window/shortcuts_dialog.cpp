#include "ui/window/shortcuts_dialog.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QMenu>
#include <QMenuBar>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <initializer_list>
#include <utility>

#include "ui/look/appearance.h"

namespace dfd::ui {
namespace {

QString plain(QString label) {
    return label.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
}

QTreeWidgetItem* add_group(QTreeWidget* keys, const QString& title) {
    auto* const group = new QTreeWidgetItem(keys, {title});
    group->setFirstColumnSpanned(true);
    group->setFont(0, text_font(TextSize::Body, true));
    group->setFlags(Qt::ItemIsEnabled);
    return group;
}

void add_actions(QTreeWidgetItem* group, const QList<QAction*>& actions) {
    for (const QAction* const action : actions) {
        if (action->menu() != nullptr) {
            add_actions(group, action->menu()->actions());
            continue;
        }
        QStringList keys;
        for (const QKeySequence& shortcut : action->shortcuts())
            keys.append(shortcut.toString(QKeySequence::NativeText));
        if (!keys.isEmpty())
            new QTreeWidgetItem(group, {keys.join(QStringLiteral(", ")), plain(action->text())});
    }
}

}  // namespace

ShortcutsDialog::ShortcutsDialog(const QMenuBar& menus, QWidget* parent)
    : QDialog(parent), keys_(new QTreeWidget(this)) {
    setWindowTitle(tr("Keyboard shortcuts"));
    keys_->setColumnCount(2);
    keys_->setHeaderHidden(true);
    keys_->setRootIsDecorated(false);
    keys_->setItemsExpandable(false);
    keys_->setIndentation(kGrid);
    keys_->setAccessibleName(tr("Keyboard shortcuts"));
    for (const QAction* const menu : menus.actions())
        if (menu->menu() != nullptr)
            add_actions(add_group(keys_, plain(menu->text())), menu->menu()->actions());
    const auto add = [this](const QString& title,
                            std::initializer_list<std::pair<QString, QString>> lines) {
        QTreeWidgetItem* const group = add_group(keys_, title);
        for (const auto& [key, what] : lines)
            new QTreeWidgetItem(group, {key, what});
    };
    add(tr("While something runs"), {{tr("Esc, Esc"), tr("Stop it; what is finished is kept")}});
    add(tr("In the picture"), {{tr("+, −, wheel"), tr("Zoom")},
                               {tr("0, 1"), tr("The whole picture, actual pixels")},
                               {tr("Arrow keys, drag"), tr("Move the picture")}});
    add(tr("In a presentation"), {{tr("Right, space, click"), tr("Next expert, verdict, picture")},
                                  {tr("Left, backspace"), tr("One step back")},
                                  {tr("A"), tr("All votes by themselves")},
                                  {tr("Up, down"), tr("Another picture")},
                                  {tr("B"), tr("Blank the screen")},
                                  {tr("?"), tr("Show these keys")},
                                  {tr("Esc"), tr("Leave")}});
    for (int row = keys_->topLevelItemCount() - 1; row >= 0; --row)
        if (keys_->topLevelItem(row)->childCount() == 0)
            delete keys_->takeTopLevelItem(row);
    keys_->expandAll();
    keys_->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);

    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(keys_, 1);
    column->addWidget(buttons);
    resize(66 * kGrid, 76 * kGrid);
}

QStringList ShortcutsDialog::lines() const {
    QStringList lines;
    for (int row = 0; row < keys_->topLevelItemCount(); ++row)
        for (int line = 0; line < keys_->topLevelItem(row)->childCount(); ++line) {
            const QTreeWidgetItem* const item = keys_->topLevelItem(row)->child(line);
            lines.append(item->text(0) + QLatin1Char(' ') + item->text(1));
        }
    return lines;
}

}  // namespace dfd::ui
