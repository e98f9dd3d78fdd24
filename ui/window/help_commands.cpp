#include "ui/window/help_commands.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QMenuBar>
#include <QVBoxLayout>

#include "core/base/data_folders.h"
#include "core/engine/results/publication.h"
#include "ui/look/appearance.h"
#include "ui/look/dialog_body.h"
#include "ui/look/icons.h"
#include "ui/window/commands/shell.h"
#include "ui/window/manual_dialog.h"
#include "ui/window/shortcuts_dialog.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(HelpCommands)
};

void show_about(QWidget* parent) {
    auto* const dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(Words::tr("About DeepFakeDefenders"));
    auto* const body = new DialogBody(50 * kGrid, dialog);
    auto* const mark = new QLabel(body->content());
    mark->setPixmap(icon_pixmap(QStringLiteral("application"), look().text, 8 * kGrid,
                                dialog->devicePixelRatioF()));
    auto* const name = make_label(body->content(), TextSize::Body, true);
    name->setText(Words::tr("DeepFakeDefenders %1").arg(QCoreApplication::applicationVersion()));
    auto* const words = make_label(body->content(), TextSize::Body);
    words->setWordWrap(true);
    words->setText(Words::tr(
        "Shows how each expert of a panel scores a picture, where it sees evidence, and how "
        "much the experts disagree. A score is the opinion of neural networks, not a "
        "proof.\n\nFree software under the GNU General Public License, version 3 or later."));
    auto* const versions = make_label(body->content(), TextSize::Caption, false, true);
    QStringList lines{QStringLiteral("Qt %1").arg(QLatin1String(qVersion()))};
    for (const auto& [library, version] : library_versions())
        if (library != "Qt")
            lines.append(QString::fromStdString(library + " " + version));
    versions->setText(lines.join(QStringLiteral("   ·   ")));
    versions->setWordWrap(true);
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* const column = new QVBoxLayout(dialog);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    body->column()->setSpacing(2 * kGrid);
    for (QLabel* const part : {mark, name, words, versions})
        body->column()->addWidget(part);
    body->column()->addStretch(1);
    column->addWidget(body, 1);
    column->addWidget(buttons);
    body->fit_dialog();
    dialog->open();
}

}  // namespace

void show_manual(QWidget* parent, const QString& page, const QString& anchor) {
    auto* dialog = parent->findChild<ManualDialog*>();
    if (dialog == nullptr) {
        dialog = new ManualDialog(data_folder("manual").value_or(""), parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    if (!page.isEmpty())
        dialog->show_page(page, anchor);
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

void add_help_actions(Shell& shell, QMenuBar& bar, QMenu* menu) {
    shell.add_action(menu, "manual", QStringLiteral("info"), Words::tr("&Manual"),
                     QKeySequence(Qt::Key_F1),
                     [&shell] { show_manual(shell.dialog_parent(), {}, {}); });
    shell.add_action(menu, "read_result", {}, Words::tr("How to &read a result"), {}, [&shell] {
        show_manual(shell.dialog_parent(), QStringLiteral("reading-a-result.md"), {});
    });
    shell.add_action(menu, "shortcuts", {}, Words::tr("&Keyboard shortcuts…"), Words::tr("Ctrl+F1"),
                     [&shell, &bar] {
                         auto* const dialog = new ShortcutsDialog(bar, shell.dialog_parent());
                         dialog->setAttribute(Qt::WA_DeleteOnClose);
                         dialog->open();
                     });
    menu->addSeparator();
    shell.add_action(menu, "about", {}, Words::tr("&About DeepFakeDefenders"), {},
                     [&shell] { show_about(shell.dialog_parent()); });
}

}  // namespace dfd::ui
