#include "ui/window/commands/case_commands.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "ui/case/case_filter_bar.h"
#include "ui/case/case_pane.h"
#include "ui/case/review_panel.h"
#include "ui/case/thresholds_dialog.h"
#include "ui/list/list_form.h"
#include "ui/list/question_choice.h"
#include "ui/look/wording.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/commands/kept_number.h"

namespace dfd::ui {
namespace {

/// "/photos/beach, /photos/harbour and 4 more"
QString listed(const std::vector<std::filesystem::path>& paths) {
    constexpr std::size_t kMost = 3;
    QStringList names;
    for (std::size_t i = 0; i < std::min(paths.size(), kMost); ++i)
        names.append(path_text(paths[i]));
    const QString all = names.join(QStringLiteral(", "));
    return paths.size() <= kMost
               ? all
               : CaseCommands::tr("%1 and %2 more").arg(all, QString::number(paths.size() - kMost));
}

}  // namespace

CaseCommands::CaseCommands(Shell& shell, CaseController& controller, CasePane& pane,
                           VerdictPane& verdict)
    : Study(shell),
      shell_(shell),
      case_(controller),
      pane_(pane),
      verdict_(verdict),
      exhibits_(controller, pane),
      exports_(shell, controller, pane),
      records_(controller, shell.threads(), shell.dialog_parent()) {
    connect_case();
    connect_review();
}

void CaseCommands::add_actions(QMenu* menu) {
    shell_.add_action(menu, "scan_folder", QStringLiteral("folder"),
                      tr("S&can a folder into the case…"), tr("Ctrl+I"),
                      [this] { choose_scan_folder(); });
    menu->addSeparator();
    shell_.add_action(menu, "next", {}, tr("&Next exhibit"), tr("N"), [this] { pane_.step(1); });
    shell_.add_action(menu, "previous", {}, tr("&Previous exhibit"), tr("P"),
                      [this] { pane_.step(-1); });
    menu->addSeparator();
    const auto add_mark = [&](const char* name, const QString& icon_name, const QString& label,
                              const QString& key, Mark mark) {
        QAction* const made = shell_.add_action(menu, name, icon_name, label, key,
                                                [this, mark] { mark_selected(mark); });
        verdict_.review()->set_mark_tooltip(mark, made->toolTip());
    };
    add_mark("mark_suspicious", QStringLiteral("flag"), tr("Mark as &suspicious"), tr("S"),
             Mark::Suspicious);
    add_mark("mark_cleared", QStringLiteral("check"), tr("Mark as &cleared"), tr("C"),
             Mark::Cleared);
    add_mark("mark_to_check", QStringLiteral("eye"), tr("Mark &for checking"), tr("K"),
             Mark::ToCheck);
    add_mark("mark_none", {}, tr("Remo&ve the mark"), tr("U"), Mark::None);
    shell_.add_action(menu, "add_tag", {}, tr("Add a &tag…"), tr("T"), [this] {
        shell_.action("show_verdict")->setChecked(true);
        verdict_.show_review();
        verdict_.review()->focus_tag();
        verdict_.reveal_focus();
    });
    shell_.add_action(menu, "add_note", {}, tr("Add a not&e…"), tr("E"), [this] {
        shell_.action("show_verdict")->setChecked(true);
        verdict_.show_review();
        verdict_.review()->focus_note();
        verdict_.reveal_focus();
    });
    menu->addAction(shell_.action("undo"));
    menu->addSeparator();
    shell_.add_action(menu, "export_case", QStringLiteral("export"),
                      tr("E&xport the listed exhibits…"), tr("Ctrl+E"),
                      [this] { exports_.choose(false); });
    shell_.add_action(menu, "export_case_selection", {}, tr("Export the se&lection…"),
                      tr("Ctrl+Shift+E"), [this] { exports_.choose(true); });
    menu->addSeparator();
    shell_.add_action(menu, "case_properties", QStringLiteral("info"), tr("&Properties…"),
                      tr("Alt+Return"), [this] { records_.show_properties(); });
    shell_.add_action(menu, "case_verify", {}, tr("Ver&ify…"), {},
                      [this] { records_.show_verify(); });
    shell_.add_action(menu, "case_log", {}, tr("&Log…"), {}, [this] { records_.show_log(); });
    shell_.add_action(menu, "case_merge", {}, tr("&Merge other cases…"), {},
                      [this] { choose_cases_to_merge(); });
    menu->addSeparator();
    shell_.add_action(menu, "thresholds", {}, tr("T&hresholds…"), {},
                      [this] { edit_thresholds(); });
    shell_.add_action(menu, "reviewer", {}, tr("&Reviewer…"), {}, [this] { choose_reviewer(); });
}

void CaseCommands::connect_case() {
    connect(&exhibits_, &CaseCollection::scan_requested, this, &CaseCommands::scan);
    connect(&exhibits_, &Collection::changed, this, [this] {
        const CaseExhibitPtr& exhibit = exhibits_.exhibit();
        verdict_.review()->show_exhibit(exhibit.get(),
                                        exhibit ? case_.model().look_alikes(exhibit->id) : nullptr);
    });
    connect(&case_, &CaseController::scan_was_interrupted, this,
            [this](const QString& sentence, const std::vector<std::filesystem::path>& paths) {
                Banner* const banner = shell_.banners().show_message(Severity::Warning, sentence);
                if (case_.review().writable() && !paths.empty())
                    banner->add_action(tr("Go on"), [this, sentence, paths] {
                        shell_.banners().dismiss(sentence);
                        scan(paths);
                    });
            });
    connect(&case_, &CaseController::opened, this, &CaseCommands::case_opened);
    connect(&case_, &CaseController::closed, this, &CaseCommands::case_closed);
    connect(&case_, &CaseController::open_failed, this, [this](const QString& sentence) {
        scans_to_come_.clear();
        shell_.tell(Severity::Error, sentence);
    });
    connect(&case_, &CaseController::problem, this,
            [this](const QString& sentence) { shell_.tell(Severity::Error, sentence); });
    connect(&case_, &CaseController::summary_changed, this, [this] {
        QStringList tags;
        for (const auto& [tag, count] : case_.summary().tags)
            tags.append(QString::fromStdString(tag));
        verdict_.review()->set_known_tags(tags);
        shell_.refresh_actions();
    });
    connect(&pane_, &CasePane::selection_changed, this, [this] { shell_.refresh_actions(); });
    connect(&case_.scan(), &CaseScan::progressed, this, [this] {
        shell_.refresh_progress();
        shell_.refresh_actions();
    });
    connect(&case_.scan(), &CaseScan::ended, this, [this](const QString& sentence, bool succeeded) {
        const QString words =
            not_begun_.empty()
                ? sentence
                : tr("%1 These were not scanned: %2.").arg(sentence, listed(not_begun_));
        // It stays: nobody watches a long scan to its end.
        shell_.banners().show_message(succeeded ? Severity::Information : Severity::Error, words,
                                      true);
        QTimer::singleShot(0, this, &CaseCommands::scan_next);
    });
}

void CaseCommands::connect_review() {
    CaseReview& review = case_.review();
    connect(&review, &CaseReview::undo_changed, this, [this] { shell_.refresh_actions(); });
    connect(&review, &CaseReview::undone, this, [this](const QString& what) {
        shell_.tell(Severity::Information, tr("Undone: %1.").arg(what));
    });
    connect(&review, &CaseReview::written, this, [this](const ExhibitIds& ids) {
        const auto now = pane_.current();
        if (now && std::find(ids.begin(), ids.end(), *now) != ids.end())
            case_.load_exhibit(*now);
    });
    ReviewPanel* const panel = verdict_.review();
    connect(panel, &ReviewPanel::mark_requested, this, &CaseCommands::mark_selected);
    connect(panel, &ReviewPanel::tag_requested, this, [this](const QString& tag, bool on) {
        case_.review().tag(pane_.selected(), tag.toStdString(), on);
        pane_.list()->setFocus();
    });
    connect(panel, &ReviewPanel::note_requested, this, [this](const QString& text) {
        if (const auto id = pane_.current())
            case_.review().note(*id, text.toStdString());
        pane_.list()->setFocus();
    });
    connect(panel, &ReviewPanel::reviewer_requested, this, &CaseCommands::choose_reviewer);
    connect(panel, &ReviewPanel::alike_requested, this, [this] {
        if (const auto id = pane_.current())
            pane_.filter_bar()->show_group_of(*id);
    });
}

void CaseCommands::open(const std::filesystem::path& path, bool make_new) {
    case_.open(std::filesystem::absolute(path).lexically_normal(), make_new);
}

QFileDialog* CaseCommands::case_dialog(const QString& title, const QString& folder) {
    auto* const dialog = new QFileDialog(shell_.dialog_parent(), title, folder,
                                         tr("Cases (*.dfd *.dfdcase *.sqlite);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    return dialog;
}

void CaseCommands::choose(bool make_new) {
    const auto chosen = [this, make_new](const QString& file) {
        shell_.last_folder() = QFileInfo(file).path();
        open(to_path(file), make_new);
    };
    if (make_new) {
        choose_to_keep(tr("New case"), shell_.last_folder(), chosen);
        return;
    }
    QFileDialog* const dialog = case_dialog(tr("Open a case"), shell_.last_folder());
    connect(dialog, &QFileDialog::fileSelected, this, chosen);
    dialog->open();
}

void CaseCommands::choose_to_keep(const QString& title, const QString& folder,
                                  const std::function<void(const QString& file)>& chosen) {
    QFileDialog* const dialog = case_dialog(title, folder);
    // A case that is there already is opened, never written over.
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setOption(QFileDialog::DontConfirmOverwrite);
    dialog->setDefaultSuffix(QStringLiteral("dfd"));
    dialog->selectFile(tr("case.dfd"));
    connect(dialog, &QFileDialog::fileSelected, this, chosen);
    dialog->open();
}

void CaseCommands::choose_cases_to_merge() {
    QFileDialog* const dialog =
        case_dialog(tr("Merge other cases into this one"), shell_.last_folder());
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        std::vector<std::filesystem::path> sources;
        for (const QString& file : files)
            sources.push_back(to_path(file));
        records_.show_merge(sources);
    });
    connect(&case_, &CaseController::closed, dialog, &QDialog::reject);
    dialog->open();
}

void CaseCommands::open_and_scan(const std::filesystem::path& path,
                                 std::vector<std::filesystem::path> pictures) {
    scans_to_come_ = std::move(pictures);
    open(path, true);  // case_opened() begins the scan.
}

void CaseCommands::case_opened() {
    BannerStack& banners = shell_.banners();
    banners.dismiss(read_only_banner_);
    read_only_banner_ = case_.obstacle();
    if (!read_only_banner_.isEmpty())
        banners.show_message(Severity::Warning, read_only_banner_)
            ->add_action(tr("Try again"), [this] { open(case_.path(), false); });
    const bool writable = case_.review().writable();
    verdict_.review()->set_writable(writable);
    verdict_.set_review_visible(true);
    QStringList keys;
    for (const auto& [name, word] :
         {std::pair{"mark_suspicious", tr("suspicious")}, std::pair{"mark_cleared", tr("cleared")},
          std::pair{"mark_to_check", tr("to check")}, std::pair{"mark_none", tr("no mark")},
          std::pair{"add_tag", tr("tag")}, std::pair{"add_note", tr("note")}})
        if (writable)
            keys.append(QStringLiteral("%1\u00A0%2")
                            .arg(shell_.action(name)->shortcut().toString(QKeySequence::NativeText),
                                 QString(word).replace(QLatin1Char(' '), QChar(0x00A0))));
    keys.append(tr("N\u00A0P\u00A0next,\u00A0previous"));
    pane_.set_help(keys.join(QStringLiteral("  ")));
    scan_next();
}

void CaseCommands::case_closed() {
    if (const auto left = std::exchange(scans_to_come_, {}); !left.empty())
        shell_.tell(Severity::Warning,
                    tr("The case was closed before these were scanned: %1.").arg(listed(left)));
    shell_.banners().dismiss(read_only_banner_);
    verdict_.set_review_visible(false);
}

bool CaseCommands::busy() const {
    return case_.scan().running() || case_.exporting().running();
}

void CaseCommands::stop() {
    if (case_.scan().running())
        not_begun_ = std::exchange(scans_to_come_, {});
    case_.scan().stop();  // `ended` follows at once
    not_begun_.clear();
    case_.exporting().stop();
}

bool CaseCommands::ask_about_scan() {
    if (scan_settled_ || !case_.scan().running())
        return false;
    const QString name = QStringLiteral("scan_question");
    if (auto* const asked = shell_.dialog_parent()->findChild<QMessageBox*>(name);
        asked != nullptr && asked->isVisible()) {
        asked->raise();
        return true;
    }
    auto* const question = new QMessageBox(shell_.dialog_parent());
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setObjectName(name);
    question->setTextFormat(Qt::PlainText);
    question->setWindowTitle(tr("A scan is running"));
    question->setText(tr("A scan into %1 is running.").arg(case_.name()));
    QString further =
        tr("What is finished is kept. When you open the case again, it offers to go "
           "on where the scan stopped.");
    if (!scans_to_come_.empty())
        further +=
            QStringLiteral("\n\n") +
            tr("These have not begun and will be forgotten: %1.").arg(listed(scans_to_come_));
    question->setInformativeText(further);
    QPushButton* const stay = question->addButton(tr("&Keep scanning"), QMessageBox::RejectRole);
    QPushButton* const quit = question->addButton(tr("Stop and &quit"), QMessageBox::AcceptRole);
    question->setDefaultButton(stay);
    question->setEscapeButton(stay);
    connect(quit, &QPushButton::clicked, this, [this] {
        scan_settled_ = true;
        Q_EMIT close_requested();
    });
    question->open();
    return true;
}

void CaseCommands::mark_selected(Mark mark) {
    const ExhibitIds ids = pane_.selected();
    if (ids.empty())
        return;
    verdict_.review()->show_mark(mark);
    case_.review().mark(ids, mark);
    if (ids.size() > 1)
        shell_.banners()
            .show_message(
                Severity::Information,
                mark == Mark::None ? tr("The marks of %1 exhibits were removed.").arg(ids.size())
                : mark == Mark::ToCheck
                    ? tr("%1 exhibits were marked for checking.").arg(ids.size())
                    : tr("%1 exhibits were marked as %2.").arg(ids.size()).arg(mark_text(mark)))
            ->add_action(tr("Undo"), [this] { case_.review().undo(); });
}

void CaseCommands::edit_thresholds() {
    auto* const dialog = new ThresholdsDialog(case_.summary().profiles, case_.summary().active,
                                              case_.summary().questions, shell_.dialog_parent());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ThresholdsDialog::apply_requested, this,
            [this](const ThresholdProfile& profile) {
                // Update the view at once; the case is written in the background.
                case_.model().set_bands(profile.bands);
                case_.review().set_thresholds(profile);
            });
    connect(&case_, &CaseController::closed, dialog, &QDialog::reject);
    dialog->open();
}

void CaseCommands::choose_reviewer() {
    auto* const dialog = new QInputDialog(shell_.dialog_parent());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Reviewer"));
    dialog->setLabelText(
        tr("Name that is recorded with marks, tags, notes, thresholds and exports from now on\n"
           "(leave empty to use the login name, %1)")
            .arg(QString::fromStdString(login_name())));
    dialog->setTextValue(QString::fromStdString(case_.review().name()));
    connect(dialog, &QInputDialog::textValueSelected, this, &CaseCommands::set_reviewer);
    dialog->open();
}

void CaseCommands::set_reviewer(const QString& name) {
    // A single line, as the log and the lists show it.
    const QString plain = name.simplified();
    case_.review().record_as(plain.toStdString());
    verdict_.review()->set_reviewer(plain.isEmpty() ? QString::fromStdString(login_name()) : plain);
}

void CaseCommands::refresh() {
    const bool open = collection().is_case();
    const bool writable = open && case_.review().writable();
    const bool any = open && !pane_.selected().empty();
    const bool may_export = open && !case_.exporting().running();
    const auto enable = [this](bool on, std::initializer_list<const char*> names) {
        for (const char* const name : names)
            shell_.action(name)->setEnabled(on);
    };
    enable(open, {"close_case", "next", "previous", "case_properties", "case_verify", "case_log"});
    enable(writable, {"case_merge"});
    const CaseCounts& counts = case_.summary().counts;
    // Of the panel whose scores are shown, whichever question is chosen.
    enable(writable && counts.scored + counts.no_assessment > 0, {"thresholds"});
    enable(writable && shell_.evaluator() != nullptr, {"scan_folder"});
    enable(writable && any, {"mark_suspicious", "mark_cleared", "mark_to_check", "mark_none",
                             "add_tag", "add_note"});
    enable(may_export, {"export_case"});
    enable(may_export && any, {"export_case_selection"});
}

void CaseCommands::restore(const QSettings& settings) {
    pane_.forms()->set_form(static_cast<ListForm>(kept_number(settings, "case/form", 0, 2)));
    pane_.question()->restore(settings.value(QStringLiteral("case/question")).toString());
    pane_.set_charts_open(settings.value(QStringLiteral("case/charts"), true).toBool());
    pane_.set_order(static_cast<ExhibitOrder>(kept_number(settings, "case/order", 1, 5)),
                    settings.value(QStringLiteral("case/descending"), true).toBool());
    set_reviewer(settings.value(QStringLiteral("case/reviewer")).toString());
}

void CaseCommands::store(QSettings& settings) const {
    settings.setValue(QStringLiteral("case/form"), static_cast<int>(pane_.forms()->form()));
    settings.setValue(QStringLiteral("case/question"), pane_.question()->kept());
    settings.setValue(QStringLiteral("case/charts"), pane_.charts_open());
    settings.setValue(QStringLiteral("case/order"), static_cast<int>(pane_.order()));
    settings.setValue(QStringLiteral("case/descending"), pane_.descending());
    settings.setValue(QStringLiteral("case/reviewer"),
                      QString::fromStdString(case_.review().name()));
}

void CaseCommands::choose_scan_folder() {
    auto* const dialog = new QFileDialog(shell_.dialog_parent(), tr("Scan a folder into the case"),
                                         shell_.last_folder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        shell_.last_folder() = folder;
        scan({to_path(folder)});
    });
    dialog->open();
}

void CaseCommands::scan_next() {
    if (!case_.scan().running() && !scans_to_come_.empty())
        scan(std::exchange(scans_to_come_, {}));
}

void CaseCommands::scan(const std::vector<std::filesystem::path>& paths) {
    if (!case_.review().writable()) {
        shell_.tell(Severity::Warning,
                    tr("This case is read-only, so nothing can be added to it. Close "
                       "the case to examine these pictures without it."));
    } else if (!shell_.evaluator()) {
        shell_.tell(Severity::Warning,
                    tr("These pictures cannot be examined without a panel. Choose one "
                       "in the toolbar, then try again."));
    } else if (case_.scan().running()) {
        scans_to_come_.insert(scans_to_come_.end(), paths.begin(), paths.end());
        shell_.tell(Severity::Information,
                    tr("This will be scanned when the current scan has finished."));
    } else {
        case_.scan_paths(paths, shell_.evaluator());
    }
}

}  // namespace dfd::ui
