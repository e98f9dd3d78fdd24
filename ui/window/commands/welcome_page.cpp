#include "ui/window/commands/welcome_page.h"

#include <QAction>
#include <QPushButton>
#include <algorithm>

#include "ui/look/message_page.h"
#include "ui/window/commands/case_commands.h"
#include "ui/window/commands/file_commands.h"

namespace dfd::ui {

WelcomePage::WelcomePage(MessagePage& page, Shell& shell, FileCommands& files, CaseCommands& cases,
                         const std::filesystem::path& samples)
    : page_(page), files_(files) {
    buttons_["open"] =
        page.add_button(tr("Open…"), QStringLiteral("open"), [&files] { files.choose_files(); });
    std::error_code problem;
    if (!samples.empty() && std::filesystem::is_directory(samples, problem))
        buttons_["samples"] = page.add_button(tr("Try the samples"), QStringLiteral("samples"),
                                              [&files, samples] { files.open({samples}); });
    buttons_["last_list"] =
        page.add_button(QString(), QStringLiteral("again"), [&files] { files.open_last_list(); });
    buttons_["install"] = page.add_button(tr("Install a panel…"), QStringLiteral("install"),
                                          [&shell] { shell.action("install")->trigger(); });
    buttons_["scan"] = page.add_button(tr("Scan a folder…"), QStringLiteral("folder"),
                                       [&cases] { cases.choose_scan_folder(); });
    buttons_["scan"]->setProperty("primary", true);
}

void WelcomePage::show(const Collection::Welcome& welcome) {
    page_.set_message(welcome.icon, welcome.heading, welcome.sentence);
    page_.set_hint(welcome.hint);
    const qsizetype last = files_.recent().last_list().size();
    buttons_["last_list"]->setText(tr("Open the last list again (%1)").arg(last));
    for (const auto& [name, button] : buttons_)
        button->setVisible(std::ranges::count(welcome.buttons, name) > 0 &&
                           (name != "last_list" || last > 0));
}

}  // namespace dfd::ui
