// The main window's studies of disagreement: stability of a picture, agreement of the experts,
// presentation.
#include <QAction>
#include <QItemSelectionModel>
#include <QListView>
#include <QMenu>
#include <algorithm>

#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/recorded_opinions.h"
#include "core/engine/results/agreement_report.h"
#include "core/opinion/disagreement.h"
#include "ui/case/case_pane.h"
#include "ui/list/exhibit_pane.h"
#include "ui/look/wording.h"
#include "ui/studies/agreement_dialog.h"
#include "ui/studies/presentation.h"
#include "ui/studies/stability_panel.h"
#include "ui/studies/stability_run.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/main_window.h"

namespace dfd::ui {

void MainWindow::build_disagreement_actions(QMenu* menu) {
    add_action(menu, "disagreement", {}, tr("&Disagreement of the experts…"), tr("Ctrl+Shift+D"),
               [this] { open_disagreement(); });
    add_action(menu, "present", {}, tr("P&resent to an audience"), tr("F11"),
               [this] { present(); });
    add_action(menu, "stability", {}, tr("&Test the stability of this picture"), tr("Ctrl+T"),
               [this] {
                   verdict_->show_stability();
                   stability_->start();
               });
}

void MainWindow::connect_disagreement() {
    connect(stability_, &StabilityRun::changed, this, &MainWindow::show_stability_run);
    connect(loader_, &PictureLoader::loaded, this, [this](ListedId id, const PyramidPtr& picture) {
        loaded_id_ = id;
        loaded_ = picture;
        refresh_presentation();
        show_atlas_picture();
    });
    connect(stability_, &StabilityRun::finished, this, &MainWindow::keep_stability);
    connect(verdict_->stability(), &StabilityPanel::start_requested, stability_,
            &StabilityRun::start);
    connect(verdict_->stability(), &StabilityPanel::stop_requested, stability_,
            &StabilityRun::stop);
}

std::optional<PictureSubject> MainWindow::study_subject(QString& obstacle) const {
    obstacle.clear();
    const Exhibit* const exhibit = current();
    const PanelOpinion* const opinion = exhibit == nullptr ? nullptr : exhibit->opinion();
    const auto by = shown().shown_by();
    if (exhibit == nullptr)
        obstacle = tr("Select a picture.");
    else if (opinion == nullptr || !by)
        obstacle = tr("This is available once the picture has a score.");
    if (!obstacle.isEmpty())
        return std::nullopt;
    PictureSubject subject = shown().subject(*by);
    subject.sha256 = exhibit->examination->facts.sha256;
    subject.size = QSize(exhibit->examination->width, exhibit->examination->height);
    subject.opinion = *opinion;
    const auto evaluator = session_->shared_evaluator();
    if (!evaluator)
        obstacle = tr("This is not available without a panel. Choose one in the toolbar.");
    else if (by->panel.digest != evaluator->panel().digest ||
             by->precision != evaluator->precision())
        obstacle =
            tr("This score comes from another panel or precision. Choose that panel to use this.");
    else
        subject.evaluator = evaluator;
    return subject;
}

void MainWindow::refresh_stability() {
    auto subject = study_subject(stability_obstacle_);
    action("stability")->setEnabled(subject && subject->evaluator);
    stability_->set_subject(std::move(subject), shown().kept_stability());
    show_stability_run();
}

void MainWindow::show_stability_run() {
    const BandThresholds thresholds = shown().thresholds();
    verdict_->stability()->show_run(*stability_, thresholds, stability_obstacle_);
    const Stability* const known = stability_->known();
    const Firmness firmness = known == nullptr ? Firmness() : firmness_of(*known);
    verdict_->card()->show_firmness(known == nullptr ? nullptr : &firmness, !stability_->running());
    refresh_presentation();
}

void MainWindow::keep_stability() {
    const Stability* const known = stability_->known();
    if (known != nullptr)
        shown().keep_stability(session_->scored_by(), *known);
}

std::optional<Firmness> MainWindow::shown_firmness() const {
    const Stability* const known = stability_->known();
    return known == nullptr || stability_->running() ? std::nullopt
                                                     : std::optional(firmness_of(*known));
}

void MainWindow::open_disagreement() {
    auto* dialog = findChild<AgreementDialog*>();
    if (dialog == nullptr) {
        dialog = new AgreementDialog(threads_, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &AgreementDialog::cell_chosen, this,
                [this](const std::vector<qint64>& ids) { shown().select(ids); });
        connect(dialog, &AgreementDialog::picture_chosen, this,
                [this](qint64 id) { shown().make_current(id); });
        // The dialog's ids are only valid for the list or case that it was made for.
        connect(case_, &CaseController::opened, dialog, &QDialog::reject);
        connect(case_, &CaseController::closed, dialog, &QDialog::reject);
    }
    dialog->compute(shown().opinions(), shown().words());
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

// --- presentation

void MainWindow::present() {
    presented_ = shown().selected();
    if (presented_.size() < 2)
        presented_.clear();  // one picture: where to begin in the list
    else
        shown().make_current(presented_.front());
    if (presentation_ == nullptr) {
        presentation_ = new Presentation(this);
        connect(presentation_, &Presentation::step_requested, this, &MainWindow::step_presentation);
    }
    refresh_presentation();
    presentation_->showFullScreen();
    presentation_->setFocus();
}

Presentation* MainWindow::presentation() const {
    return presentation_;
}

void MainWindow::step_presentation(int by) {
    if (presented_.empty()) {
        shown().step(by);
        return;
    }
    const auto at = std::ranges::find(presented_, shown().current_id().value_or(-1));
    const std::ptrdiff_t now = at == presented_.end() ? -by : at - presented_.begin();
    shown().make_current(presented_[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(now + by, 0, std::ssize(presented_) - 1))]);
}

void MainWindow::refresh_presentation() {
    if (presentation_ == nullptr)
        return;
    Slide slide;
    slide.thresholds = shown().thresholds();
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr) {
        slide.waiting = tr("Select a picture in the main window, then return to the presentation.");
        presentation_->show_slide(slide);
        return;
    }
    slide.id = exhibit->id;
    slide.name = exhibit->name;
    const auto id = shown().current_id();
    int row = id ? shown().row_of(*id) : -1;
    int rows = shown().rows();
    if (const auto at = std::ranges::find(presented_, id.value_or(-1)); at != presented_.end()) {
        row = static_cast<int>(at - presented_.begin());
        rows = static_cast<int>(presented_.size());
    }
    if (row >= 0)
        slide.position = tr("%1 of %2").arg(row + 1).arg(rows);
    slide.preview = shown().thumbnail();
    slide.picture = loaded_id_ == exhibit->id ? loaded_ : nullptr;
    slide.examination = exhibit->examination;
    slide.waiting = exhibit->state == ExaminationState::Failed && exhibit->examination
                        ? QString::fromStdString(exhibit->examination->failure.message)
                    : case_->is_open() ? tr("Not scored yet.")
                                       : waiting_text(*exhibit);
    if (const auto by = shown().shown_by())
        slide.panel = QString::fromStdString(by->panel.title);
    slide.firmness = verdict_->card()->firmness();
    presentation_->show_slide(slide);
}

}  // namespace dfd::ui
