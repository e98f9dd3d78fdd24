#include "ui/window/language_menu.h"

#include <QAction>
#include <QActionGroup>
#include <QCoreApplication>
#include <QMenu>
#include <QSettings>

#include "core/base/language.h"
#include "ui/look/language.h"
#include "ui/window/commands/shell.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LanguageMenu)
};

void choose(Shell& shell, const QString& code) {
    const QString key = QLatin1String(kLanguageSetting);
    if (code == shell.settings().value(key).toString())
        return;
    if (code.isEmpty())
        shell.settings().remove(key);
    else
        shell.settings().setValue(key, code);
    shell.tell(Severity::Information,
               Words::tr("The language is used from the next start of the program on."));
}

}  // namespace

void add_language_menu(Shell& shell, QMenu* menu) {
    QMenu* const choices = menu->addMenu(Words::tr("Langua&ge"));
    auto* const group = new QActionGroup(choices);
    const auto add = [&](const QByteArray& name, const QString& label, const QString& code) {
        QAction* const entry = shell.add_action(choices, name.constData(), {}, label, {},
                                                [&shell, code] { choose(shell, code); });
        entry->setCheckable(true);
        group->addAction(entry);
        return entry;
    };
    const QString chosen = shell.settings().value(QLatin1String(kLanguageSetting)).toString();
    add("language_system", Words::tr("As the &system"), {})->setChecked(true);
    choices->addSeparator();
    for (const std::string& code : languages()) {
        QAction* const entry = add("language_" + QByteArray::fromStdString(code), own_name_of(code),
                                   QString::fromStdString(code));
        if (chosen == QString::fromStdString(code))
            entry->setChecked(true);
    }
}

}  // namespace dfd::ui
