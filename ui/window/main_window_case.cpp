// The main window while a case is open: the exhibit that is shown.
#include <QAction>
#include <QListView>
#include <QStackedWidget>

#include "ui/case/case_pane.h"
#include "ui/case/review_panel.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/message_page.h"
#include "ui/picture/picture_pane.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/main_window.h"

namespace dfd::ui {

void MainWindow::connect_case() {
    connect(case_, &CaseController::opened, this, &MainWindow::case_opened);
    connect(case_, &CaseController::closed, this, &MainWindow::case_closed);
    connect(case_, &CaseController::exhibit_loaded, this, [this](const CaseExhibitPtr& exhibit) {
        if (case_pane_->current() == exhibit->id)
            show_case_exhibit(exhibit);
    });
    connect(case_, &CaseController::summary_changed, this, [this] { show_current(false); });
    connect(case_, &CaseController::look_alikes_changed, this, [this] { show_current(false); });
    connect(case_pane_, &CasePane::current_changed, this, [this] {
        if (const auto id = case_pane_->current())
            case_->load_exhibit(*id);
        else if (case_->is_open())
            show_case_exhibit(nullptr);
    });
}

void MainWindow::case_opened() {
    session_->cancel_all();
    files_->recent().add(case_->path());
    for (QWidget* const button : failure_buttons_)
        button->hide();
    left_->setCurrentWidget(case_pane_);
    case_pane_->list()->setFocus();
    attach_studies();
    show_case_exhibit(nullptr);
}

void MainWindow::case_closed() {
    banners_->dismiss(stored_copy_banner_);
    case_exhibits_->set_exhibit(nullptr);
    loader_->forget();
    for (QWidget* const button : failure_buttons_)
        button->show();
    left_->setCurrentWidget(exhibits_);
    exhibits_->list()->setFocus();
    attach_studies();
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
        context.waiting = shown().waiting();
        context.bands = shown().bands();
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

}  // namespace dfd::ui
