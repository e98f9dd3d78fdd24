// The main window's case mode: opening cases, showing exhibits, keyboard review, scanning.
#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "ui/case/case_filter_bar.h"
#include "ui/case/case_pane.h"
#include "ui/case/review_panel.h"
#include "ui/case/thresholds_dialog.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/banner.h"
#include "ui/look/message_page.h"
#include "ui/look/wording.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/main_window.h"
#include "ui/window/status_strip.h"

namespace dfd::ui {

void MainWindow::build_case_menu() {
    QMenu* const menu = menuBar()->addMenu(tr("&Case"));
    add_action(menu, "scan_folder", QStringLiteral("folder"), tr("S&can a folder into the case…"),
               tr("Ctrl+I"), [this] { choose_scan_folder(); });
    menu->addSeparator();
    add_action(menu, "next", {}, tr("&Next exhibit"), tr("N"), [this] { case_pane_->step(1); });
    add_action(menu, "previous", {}, tr("&Previous exhibit"), tr("P"),
               [this] { case_pane_->step(-1); });
    menu->addSeparator();
    const auto add_mark = [&](const char* name, const QString& icon_name, const QString& label,
                              const QString& key, Mark mark) {
        QAction* const made =
            add_action(menu, name, icon_name, label, key, [this, mark] { mark_selected(mark); });
        verdict_->review()->set_mark_tooltip(mark, made->toolTip());
    };
    add_mark("mark_suspicious", QStringLiteral("flag"), tr("Mark as &suspicious"), tr("S"),
             Mark::Suspicious);
    add_mark("mark_cleared", QStringLiteral("check"), tr("Mark as &cleared"), tr("C"),
             Mark::Cleared);
    add_mark("mark_to_check", QStringLiteral("eye"), tr("Mark as to chec&k"), tr("K"),
             Mark::ToCheck);
    add_mark("mark_none", {}, tr("Remo&ve the mark"), tr("U"), Mark::None);
    add_action(menu, "add_tag", {}, tr("Add a &tag…"), tr("T"), [this] {
        verdict_->show_review();
        verdict_->review()->focus_tag();
        verdict_->reveal(verdict_->focusWidget());
    });
    add_action(menu, "add_note", {}, tr("Add a not&e…"), tr("E"), [this] {
        verdict_->show_review();
        verdict_->review()->focus_note();
        verdict_->reveal(verdict_->focusWidget());
    });
    menu->addAction(action("undo"));
    menu->addSeparator();
    add_case_exports(menu);
    menu->addSeparator();
    add_action(menu, "thresholds", {}, tr("T&hresholds…"), {}, [this] { edit_thresholds(); });
    add_action(menu, "reviewer", {}, tr("&Reviewer…"), {}, [this] { choose_reviewer(); });
}

void MainWindow::connect_case() {
    connect(case_, &CaseController::scan_was_interrupted, this, [this](const QString& sentence) {
        banners_->show_message(Severity::Warning, sentence);
    });
    connect(case_, &CaseController::opened, this, &MainWindow::case_opened);
    connect(case_, &CaseController::closed, this, &MainWindow::case_closed);
    connect(case_, &CaseController::open_failed, this, [this](const QString& sentence) {
        scans_to_come_.clear();
        banners_->show_message(Severity::Error, sentence);
    });
    connect(case_, &CaseController::problem, this,
            [this](const QString& sentence) { banners_->show_message(Severity::Error, sentence); });
    connect(case_, &CaseController::exhibit_loaded, this, [this](const CaseExhibitPtr& exhibit) {
        if (case_pane_->current() == exhibit->id)
            show_case_exhibit(exhibit);
    });
    connect(case_, &CaseController::summary_changed, this, [this] {
        QStringList tags;
        for (const auto& [tag, count] : case_->summary().tags)
            tags.append(QString::fromStdString(tag));
        verdict_->review()->set_known_tags(tags);
        show_current(false);
    });
    connect(case_, &CaseController::look_alikes_changed, this, [this] { show_current(false); });
    connect(case_pane_, &CasePane::current_changed, this, [this] {
        if (const auto id = case_pane_->current())
            case_->load_exhibit(*id);
        else if (case_->is_open())
            show_case_exhibit(nullptr);
    });
    connect(case_pane_, &CasePane::selection_changed, this, &MainWindow::refresh_actions);

    CaseReview& review = case_->review();
    connect(&review, &CaseReview::undo_changed, this, &MainWindow::refresh_actions);
    connect(&review, &CaseReview::undone, this, [this](const QString& what) {
        banners_->show_message(Severity::Information, tr("Undone: %1.").arg(what));
    });
    connect(&review, &CaseReview::written, this, [this](const ExhibitIds& ids) {
        const auto now = case_pane_->current();
        if (now && std::find(ids.begin(), ids.end(), *now) != ids.end())
            case_->load_exhibit(*now);
    });
    ReviewPanel* const panel = verdict_->review();
    connect(panel, &ReviewPanel::mark_requested, this, &MainWindow::mark_selected);
    connect(panel, &ReviewPanel::tag_requested, this, [this](const QString& tag, bool on) {
        case_->review().tag(case_pane_->selected(), tag.toStdString(), on);
        case_pane_->list()->setFocus();
    });
    connect(panel, &ReviewPanel::note_requested, this, [this](const QString& text) {
        if (const auto id = case_pane_->current())
            case_->review().note(*id, text.toStdString());
        case_pane_->list()->setFocus();
    });
    connect(panel, &ReviewPanel::reviewer_requested, this, &MainWindow::choose_reviewer);
    connect(panel, &ReviewPanel::alike_requested, this, [this] {
        if (const auto id = case_pane_->current())
            case_pane_->filter_bar()->show_group_of(*id);
    });
    connect_case_exports();
    connect(&case_->scan(), &CaseScan::progressed, this, [this] {
        refresh_progress();
        refresh_actions();
    });
    connect(
        &case_->scan(), &CaseScan::ended, this, [this](const QString& sentence, bool succeeded) {
            banners_->show_message(succeeded ? Severity::Information : Severity::Error, sentence);
            QTimer::singleShot(0, this, &MainWindow::scan_next);
        });
}

// --- opening and closing

void MainWindow::open_case(const std::filesystem::path& path, bool make_new) {
    case_->open(std::filesystem::absolute(path).lexically_normal(), make_new);
}

void MainWindow::choose_case(bool make_new) {
    auto* const dialog =
        new QFileDialog(this, make_new ? tr("New case") : tr("Open a case"), last_folder_,
                        tr("Cases (*.dfd *.dfdcase *.sqlite);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (make_new) {
        // A case that is there already is opened, never written over.
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setOption(QFileDialog::DontConfirmOverwrite);
        dialog->setDefaultSuffix(QStringLiteral("dfd"));
        dialog->selectFile(tr("case.dfd"));
    } else {
        dialog->setFileMode(QFileDialog::ExistingFile);
    }
    connect(dialog, &QFileDialog::fileSelected, this, [this, make_new](const QString& file) {
        last_folder_ = QFileInfo(file).path();
        open_case(to_path(file), make_new);
    });
    dialog->open();
}

void MainWindow::case_opened() {
    session_->cancel_all();
    recent_.add(case_->path());
    banners_->dismiss(read_only_banner_);
    read_only_banner_ = case_->obstacle();
    if (!read_only_banner_.isEmpty())
        banners_->show_message(Severity::Warning, read_only_banner_)
            ->set_action(tr("Try again"), [this] { open_case(case_->path(), false); });
    const bool writable = case_->review().writable();
    verdict_->review()->set_writable(writable);
    verdict_->set_review_visible(true);
    QStringList keys;
    for (const auto& [name, word] :
         {std::pair{"mark_suspicious", tr("suspicious")}, std::pair{"mark_cleared", tr("cleared")},
          std::pair{"mark_to_check", tr("to check")}, std::pair{"mark_none", tr("unmark")},
          std::pair{"add_tag", tr("tag")}, std::pair{"add_note", tr("note")}})
        if (writable)
            keys.append(QStringLiteral("%1\u00A0%2")
                            .arg(action(name)->shortcut().toString(QKeySequence::NativeText),
                                 QString(word).replace(QLatin1Char(' '), QChar(0x00A0))));
    keys.append(tr("N\u00A0P\u00A0next,\u00A0previous"));
    case_pane_->set_help(keys.join(QStringLiteral("  ")));
    for (QWidget* const button : failure_buttons_)
        button->hide();
    left_->setCurrentWidget(case_pane_);
    case_pane_->list()->setFocus();
    show_case_exhibit(nullptr);
    scan_next();
}

void MainWindow::case_closed() {
    scans_to_come_.clear();
    banners_->dismiss(stored_copy_banner_);
    banners_->dismiss(read_only_banner_);
    case_exhibits_->set_exhibit(nullptr);
    loader_->forget();
    verdict_->set_review_visible(false);
    for (QWidget* const button : failure_buttons_)
        button->show();
    left_->setCurrentWidget(exhibits_);
    exhibits_->list()->setFocus();
    show_current(true);
}

// --- what is shown

void MainWindow::show_case_exhibit(const CaseExhibitPtr& exhibit) {
    const CaseExhibitPtr before = case_exhibits_->exhibit();
    const bool another = !exhibit || !before || before->id != exhibit->id;
    case_exhibits_->set_exhibit(exhibit);
    if (another) {
        verdict_->scroll_to_top();
        banners_->dismiss(stored_copy_banner_);
        stored_copy_banner_.clear();
    }
    show_current(another);
    if (another && exhibit && current()->state != ExaminationState::Failed) {
        std::vector<std::filesystem::path> files = exhibit->record.paths;
        if (files.empty())
            files.push_back(exhibit->record.row.path);
        loader_->load_content(current()->id, files, exhibit->record.row.sha256);
    }
}

void MainWindow::show_case_current() {
    const CaseExhibitPtr& exhibit = case_exhibits_->exhibit();
    const Exhibit* const now = current();
    VerdictContext context;
    std::vector<std::string> experts;
    if (exhibit) {
        const ExhibitRecord& record = exhibit->record;
        context.starter = record.by.panel.starter;
        context.panel = QString::fromStdString(record.by.panel.title);
        context.precision = QLatin1String(precision_name(record.by.precision));
        context.device = QString::fromStdString(record.by.device);
        context.waiting = tr("Not scored yet. To score it, scan its folder into the case again.");
        context.thresholds = shown().thresholds();
        experts = offer_maps(record.by.panel);
    }
    verdict_->show_exhibit(now, context, experts);
    verdict_->bars()->choose(picture_->controls()->settings().map);
    verdict_->review()->show_exhibit(exhibit.get(),
                                     exhibit ? case_->model().look_alikes(exhibit->id) : nullptr);
    if (now != nullptr) {
        picture_->show_exhibit(*now, exhibit->thumbnail);
    } else {
        loader_->forget();
        picture_->show_welcome();
        refresh_case_welcome();
    }
    setWindowTitle(now != nullptr ? tr("%1 – %2 – DeepFakeDefenders").arg(now->name, case_->name())
                                  : tr("%1 – DeepFakeDefenders").arg(case_->name()));
    refresh_actions();
}

void MainWindow::refresh_case_welcome() {
    MessagePage* const welcome = picture_->welcome();
    welcome_install_->hide();
    welcome_again_->hide();
    for (QWidget* const button : welcome_open_)
        button->hide();
    welcome_scan_->setVisible(case_->summary().counts.exhibits == 0 && case_->review().writable());
    if (case_->summary().counts.exhibits > 0)
        welcome->set_message(QStringLiteral("case"), tr("Select an exhibit"),
                             tr("Choose one in the list on the left."));
    else
        welcome->set_message(
            QStringLiteral("case"), tr("This case is empty"),
            tr("Drop a folder here, or scan one with %1. Every picture in it is examined and "
               "recorded with its digest.")
                .arg(action("scan_folder")->shortcut().toString(QKeySequence::NativeText)));
    welcome->set_hint(tr("Original files are never changed."));
}

void MainWindow::show_stored_copy(const QString& why) {
    // No banner if the exhibit's page already shows that it cannot be examined.
    if (current() == nullptr || current()->state == ExaminationState::Failed)
        return;
    picture_->view()->set_preview_note(tr("Small copy from the case"));
    stored_copy_banner_ = tr("%1 is shown as the small copy stored in the case, with the recorded "
                             "scores and heatmaps. %2")
                              .arg(current()->name, why);
    banners_->show_message(Severity::Warning, stored_copy_banner_);
}

// --- reviewing

void MainWindow::mark_selected(Mark mark) {
    const ExhibitIds ids = case_pane_->selected();
    if (ids.empty())
        return;
    verdict_->review()->show_mark(mark);
    case_->review().mark(ids, mark);
    if (ids.size() > 1)
        banners_
            ->show_message(
                Severity::Information,
                mark == Mark::None
                    ? tr("The marks of %1 exhibits were removed.").arg(ids.size())
                    : tr("%1 exhibits were marked as %2.").arg(ids.size()).arg(mark_text(mark)))
            ->set_action(tr("Undo"), [this] { case_->review().undo(); });
}

void MainWindow::edit_thresholds() {
    auto* const dialog =
        new ThresholdsDialog(case_->summary().profiles, case_->summary().active, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ThresholdsDialog::apply_requested, this,
            [this](const ThresholdProfile& profile) {
                // Update the view at once; the case is written in the background.
                case_->model().set_thresholds(profile.thresholds);
                case_->review().set_thresholds(profile);
            });
    connect(case_, &CaseController::closed, dialog, &QDialog::reject);
    dialog->open();
}

void MainWindow::choose_reviewer() {
    auto* const dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Reviewer"));
    dialog->setLabelText(
        tr("Name that signs marks, tags, notes, thresholds and exports from now on\n(leave "
           "empty to use the login name, %1)")
            .arg(QString::fromStdString(login_name())));
    dialog->setTextValue(QString::fromStdString(case_->review().name()));
    connect(dialog, &QInputDialog::textValueSelected, this, &MainWindow::set_reviewer);
    dialog->open();
}

void MainWindow::set_reviewer(const QString& name) {
    // A single line, as the log and the lists show it.
    const QString plain = name.simplified();
    case_->review().sign_as(plain.toStdString());
    verdict_->review()->set_reviewer(plain.isEmpty() ? QString::fromStdString(login_name())
                                                     : plain);
}

void MainWindow::refresh_case_actions() {
    const bool open = case_->is_open();
    const bool writable = open && case_->review().writable();
    const bool any = !case_pane_->selected().empty();
    action("close_case")->setEnabled(open);
    action("scan_folder")->setEnabled(writable && session_->evaluator() != nullptr);
    for (const char* const name : {"next", "previous"})
        action(name)->setEnabled(open);
    for (const char* const name :
         {"mark_suspicious", "mark_cleared", "mark_to_check", "mark_none", "add_tag", "add_note"})
        action(name)->setEnabled(writable && any);
    action("undo")->setText(open ? tr("&Undo the last decision") : tr("&Undo the removal"));
    action("undo")->setEnabled(open ? case_->review().can_undo() : session_->can_restore());
    action("thresholds")->setEnabled(writable);
    refresh_case_exports();
}

// --- scanning

void MainWindow::choose_scan_folder() {
    auto* const dialog = new QFileDialog(this, tr("Scan a folder into the case"), last_folder_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        last_folder_ = folder;
        scan_into_case({to_path(folder)});
    });
    dialog->open();
}

void MainWindow::scan_next() {
    if (case_->is_open() && !case_->scan().running() && !scans_to_come_.empty())
        scan_into_case(std::exchange(scans_to_come_, {}));
}

void MainWindow::scan_into_case(const std::vector<std::filesystem::path>& paths) {
    if (!case_->review().writable()) {
        banners_->show_message(Severity::Warning,
                               tr("This case is read-only, so nothing can be added to it. Close "
                                  "the case to examine these pictures without it."));
    } else if (!session_->shared_evaluator()) {
        banners_->show_message(Severity::Warning,
                               tr("These pictures cannot be examined without a panel. Choose one "
                                  "in the toolbar, then try again."));
    } else if (case_->scan().running()) {
        scans_to_come_.insert(scans_to_come_.end(), paths.begin(), paths.end());
        banners_->show_message(Severity::Information,
                               tr("This will be scanned when the current scan has finished."));
    } else {
        case_->scan_paths(paths, session_->shared_evaluator());
    }
}

}  // namespace dfd::ui
