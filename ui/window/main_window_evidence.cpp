// The main window's evidence maps and the dialog on what the networks saw.
#include <QAction>
#include <QMenu>

#include "core/engine/results/agreement_report.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/evidence_panel.h"
#include "ui/studies/evidence_run.h"
#include "ui/studies/seen_dialog.h"
#include "ui/verdict/expert_bars.h"
#include "ui/verdict/verdict_pane.h"
#include "ui/window/main_window.h"

namespace dfd::ui {
void MainWindow::build_evidence_actions(QMenu* menu) {
    add_action(menu, "evidence", {}, tr("&Explain this picture"), tr("Ctrl+G"), [this] {
        verdict_->show_evidence();
        evidence_->start();
    });
    add_action(menu, "seen", {}, tr("What the networks sa&w…"), tr("Ctrl+Shift+G"),
               [this] { open_seen(); });
}

void MainWindow::connect_evidence() {
    EvidencePanel* const panel = verdict_->evidence();
    connect(panel, &EvidencePanel::start_requested, evidence_, &EvidenceRun::start);
    connect(panel, &EvidencePanel::stop_requested, evidence_, &EvidenceRun::stop);
    connect(panel, &EvidencePanel::options_changed, evidence_, &EvidenceRun::set_options);
    connect(panel, &EvidencePanel::view_changed, this, &MainWindow::show_evidence_map);
    connect(evidence_, &EvidenceRun::changed, this, &MainWindow::show_evidence_run);
    connect(evidence_, &EvidenceRun::progressed, panel,
            [this, panel] { panel->show_progress(*evidence_); });
    connect(verdict_, &VerdictPane::tab_changed, this, &MainWindow::show_evidence_map);
    // Choosing a heatmap hides the evidence map.
    const auto leave = [panel] {
        if (panel->chosen())
            panel->choose(std::nullopt);
    };
    connect(picture_->strip(), &MapStrip::chosen, this, leave);
    connect(verdict_->bars(), &ExpertBars::chosen, this, leave);
    connect(picture_->controls(), &OverlayControls::changed, this,
            [this, leave, last = picture_->controls()->settings().map]() mutable {
                const int before = std::exchange(last, picture_->controls()->settings().map);
                if (before != last)
                    leave();
            });
}

void MainWindow::refresh_evidence() {
    auto subject = study_subject(evidence_obstacle_);
    const bool possible = subject && subject->evaluator;
    if (!subject)
        evidence_obstacle_ = tr("Evidence can be shown once the picture has a score.");
    else if (!possible)
        evidence_obstacle_ =
            session_->evaluator() == nullptr
                ? tr("Evidence is not available without a panel. Choose one in the toolbar.")
                : tr("This score comes from another panel or precision. Choose that panel to see "
                     "its evidence.");
    action("evidence")->setEnabled(possible);
    action("seen")->setEnabled(possible);
    evidence_->set_subject(std::move(subject));
    show_evidence_run();
}

QString MainWindow::evidence_cost() const {
    const Exhibit* const exhibit = current();
    if (exhibit == nullptr || !exhibit->examination || exhibit->examination->seconds <= 0)
        return tr("This takes as long as scoring the picture %1 times.")
            .arg(EvidenceRun::kScorings);
    return tr("This takes %1: the picture is scored %2 times with parts of it removed. The maps "
              "are computed first.")
        .arg(duration_text(exhibit->examination->seconds * EvidenceRun::kScorings))
        .arg(EvidenceRun::kScorings);
}

void MainWindow::show_evidence_run() {
    std::vector<std::string> experts;
    if (evidence_->possible())
        experts = expert_names(session_->evaluator()->panel());
    verdict_->evidence()->show_run(*evidence_, experts, evidence_obstacle_, evidence_cost());
    show_evidence_map();
}

void MainWindow::show_evidence_map() {
    EvidencePanel* const panel = verdict_->evidence();
    const Evidence* const known = evidence_->known();
    const auto chosen = panel->chosen();
    const MapExplanation* map = nullptr;
    QString name = evidence_->mean_name();
    if (known != nullptr && chosen == kMeanMap && known->mean)
        map = &*known->mean;
    if (known != nullptr && chosen && *chosen >= 0)
        for (const ExpertExplanation& expert : known->experts)
            if (expert.index == *chosen) {
                map = &expert;
                name = QString::fromStdString(expert.name);
            }
    if (map == nullptr || !verdict_->evidence_is_shown()) {
        picture_->show_evidence(std::nullopt);
        return;
    }
    const Towards towards = panel->towards();
    EvidenceShown now{current()->id, evidence_->options(), *chosen, towards, known->scale};
    if (picture_->evidence() && now == evidence_shown_)
        return;
    evidence_shown_ = now;
    PicturePane::Evidence evidence;
    evidence.map = side_of(density_of(map->map), towards);
    evidence.scale_max = known->scale;
    evidence.towards = towards;
    evidence.meaning = tr("%1 · logits (+ fake) if all of the picture were like this").arg(name);
    evidence.detail =
        tool_tip_text(tr("What the whole picture would add to the log-odds of a fake if all of it "
                         "were like this place, computed as %1. The maps of all experts share this "
                         "scale. It covers 99 of 100 places; values beyond it are drawn in the "
                         "colour of the nearest end. Places that add nothing stay uncoloured.")
                          .arg(panel->formula()));
    picture_->show_evidence(std::move(evidence));
}

void MainWindow::open_seen() {
    if (!evidence_->possible())
        return;
    auto* dialog = findChild<SeenDialog*>();
    if (dialog == nullptr) {
        dialog = new SeenDialog(threads_, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    const PictureSubject& subject = *evidence_->subject();
    dialog->show_picture(current()->name, subject.sources, subject.sha256, subject.evaluator,
                         shown().thresholds());
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

}  // namespace dfd::ui
