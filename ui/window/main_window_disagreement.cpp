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
namespace {

constexpr std::size_t kSelectedAtMost = 5000;  ///< rows of the list

/// Collects opinions for an AgreementView. `add` throws std::invalid_argument if an opinion comes
/// from other experts.
class AgreementBuilder {
  public:
    explicit AgreementBuilder(std::vector<std::string> experts)
        : view_(std::make_shared<AgreementView>(
              AgreementView{AgreementTable(std::move(experts)), {}, {}, {}, {}, {}})) {}

    void add(const PanelOpinion& opinion, qint64 id, std::string name) {
        view_->table.add(opinion);
        view_->ids.push_back(id);
        view_->names.push_back(std::move(name));
        view_->scores.push_back(opinion.score);
        view_->disputes.push_back(
            largest_disagreement(opinion, view_->table.threshold()).mutual_information);
    }
    AgreementViewPtr finish() {
        view_->matrix = view_->table.matrix();
        return view_;
    }

  private:
    std::shared_ptr<AgreementView> view_;
};

AgreementViewPtr agreement_of_case(const std::filesystem::path& path, const CaseView& view,
                                   const std::stop_token& stop) {
    const CaseFile file(path, CaseAccess::Read);
    AgreementBuilder builder(expert_names(recorded_scorer(file, shown_scorer(file)).panel));
    const bool complete = read_opinions(
        file, view.filter,
        [&](const RecordedOpinion& recorded) {
            const bool listed = !view.among || std::ranges::binary_search(*view.among, recorded.id);
            if (recorded.opinion && listed)
                builder.add(*recorded.opinion, recorded.id, recorded.path.filename().native());
        },
        stop);
    return complete ? builder.finish() : nullptr;
}

}  // namespace

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
    const auto by = shown_by();
    if (exhibit == nullptr)
        obstacle = tr("Select a picture.");
    else if (opinion == nullptr || !by)
        obstacle = tr("This is available once the picture has a score.");
    if (!obstacle.isEmpty())
        return std::nullopt;
    PictureSubject subject;
    subject.sha256 = exhibit->examination->facts.sha256;
    subject.size = QSize(exhibit->examination->width, exhibit->examination->height);
    subject.opinion = *opinion;
    subject.scope = by->panel.digest + ' ' + precision_name(by->precision);
    if (case_->is_open()) {
        for (const auto& path : case_exhibit_->record.paths)
            subject.sources.push_back({path, nullptr, {}});
        subject.scope += ' ' + case_->path().native();
    } else {
        subject.sources = {exhibit->source};
        subject.weights = session_->exhibits().weights();
    }
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
    const bool in_case = case_->is_open() && case_exhibit_ && case_exhibit_->record.stability;
    stability_->set_subject(std::move(subject),
                            in_case ? &case_exhibit_->record.stability->stability : nullptr);
    show_stability_run();
}

void MainWindow::show_stability_run() {
    const BandThresholds thresholds = shown_thresholds();
    verdict_->stability()->show_run(*stability_, thresholds, stability_obstacle_);
    const Stability* const known = stability_->known();
    const Firmness firmness = known == nullptr ? Firmness() : firmness_of(*known);
    verdict_->card()->show_firmness(known == nullptr ? nullptr : &firmness, !stability_->running());
    refresh_presentation();
}

void MainWindow::keep_stability() {
    const Stability* const known = stability_->known();
    if (known != nullptr && case_->is_open() && case_exhibit_)
        case_->review().keep_stability(case_exhibit_->id, session_->scored_by(), *known);
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
        connect(dialog, &AgreementDialog::cell_chosen, this, &MainWindow::select_pictures);
        connect(dialog, &AgreementDialog::picture_chosen, this, [this](qint64 id) {
            if (case_->is_open())
                case_pane_->make_current(id);
            else
                exhibits_->make_current(static_cast<ListedId>(id));
        });
        // The dialog's ids are only valid for the list or case that it was made for.
        connect(case_, &CaseController::opened, dialog, &QDialog::reject);
        connect(case_, &CaseController::closed, dialog, &QDialog::reject);
    }
    if (case_->is_open()) {
        dialog->compute(
            [path = case_->path(), view = case_->model().view()](const std::stop_token& stop) {
                return agreement_of_case(path, view, stop);
            },
            tr("the listed exhibits of %1").arg(case_->name()));
    } else {
        struct Seen {
            ExaminationPtr examination;
            qint64 id;
            std::string name;
        };
        std::vector<Seen> seen;
        std::vector<std::string> experts;
        ExhibitModel& model = session_->exhibits();
        for (int row = 0; row < model.rowCount(); ++row) {
            const Exhibit& exhibit = model.at(row);
            if (exhibit.opinion() != nullptr)
                seen.push_back({exhibit.examination, static_cast<qint64>(exhibit.id),
                                exhibit.name.toStdString()});
        }
        if (const Evaluator* const evaluator = session_->evaluator())
            experts = expert_names(evaluator->panel());
        dialog->compute(
            [seen = std::move(seen), experts](const std::stop_token& stop) -> AgreementViewPtr {
                AgreementBuilder builder(experts);
                for (const Seen& each : seen) {
                    if (stop.stop_requested())
                        return nullptr;
                    builder.add(*each.examination->opinion, each.id, each.name);
                }
                return builder.finish();
            },
            tr("the list"));
    }
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

// --- presentation

void MainWindow::present() {
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
    if (case_->is_open()) {
        case_pane_->step(by);
        return;
    }
    const auto shown = exhibits_->shown();
    if (shown.empty())
        return;
    const auto now = exhibits_->current();
    const auto at = now ? std::ranges::find(shown, *now) - shown.begin() : -1;
    exhibits_->make_current(shown[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(at + by, 0, std::ssize(shown) - 1))]);
}

void MainWindow::refresh_presentation() {
    if (presentation_ == nullptr)
        return;
    Slide slide;
    slide.thresholds = shown_thresholds();
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr) {
        slide.waiting = tr("Select a picture in the main window, then return to the presentation.");
        presentation_->show_slide(slide);
        return;
    }
    const bool in_case = case_->is_open();
    slide.id = exhibit->id;
    slide.name = exhibit->name;
    const int row =
        in_case ? case_->model().row_of(case_exhibit_->id) : exhibits_->row_of(exhibit->id);
    const int rows =
        in_case ? case_->model().rowCount() : static_cast<int>(exhibits_->shown().size());
    if (row >= 0)
        slide.position = tr("%1 of %2").arg(row + 1).arg(rows);
    slide.preview =
        in_case ? case_exhibit_->thumbnail : session_->exhibits().thumbnail(exhibit->id);
    slide.picture = loaded_id_ == exhibit->id ? loaded_ : nullptr;
    slide.examination = exhibit->examination;
    slide.waiting = exhibit->state == ExaminationState::Failed && exhibit->examination
                        ? QString::fromStdString(exhibit->examination->failure.message)
                    : in_case ? tr("Not scored yet.")
                              : waiting_text(*exhibit);
    if (const auto by = shown_by())
        slide.panel = QString::fromStdString(by->panel.title);
    slide.firmness = verdict_->card()->firmness();
    presentation_->show_slide(slide);
}

void MainWindow::select_pictures(const std::vector<qint64>& ids) {
    const bool in_case = case_->is_open();
    QListView* const view = in_case ? case_pane_->list() : exhibits_->list();
    std::vector<int> rows;
    for (const qint64 id : ids) {
        const int row =
            in_case ? case_->model().row_of(id) : exhibits_->row_of(static_cast<ListedId>(id));
        if (row >= 0 && rows.size() < kSelectedAtMost)
            rows.push_back(row);
    }
    std::ranges::sort(rows);
    QItemSelection selection;
    for (std::size_t first = 0; first < rows.size();) {
        std::size_t last = first;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1)
            ++last;
        selection.append(
            {view->model()->index(rows[first], 0), view->model()->index(rows[last], 0)});
        first = last + 1;
    }
    if (!rows.empty())
        view->selectionModel()->setCurrentIndex(view->model()->index(rows.front(), 0),
                                                QItemSelectionModel::NoUpdate);
    view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

}  // namespace dfd::ui
