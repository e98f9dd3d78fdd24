#include "ui/studies/evidence/evidence_study.h"

#include <QAction>
#include <utility>

#include "core/opinion/expert_words.h"
#include "ui/look/wording.h"
#include "ui/picture/map_strip.h"
#include "ui/picture/picture_pane.h"
#include "ui/studies/evidence/evidence_panel.h"
#include "ui/studies/subject.h"

namespace dfd::ui {

EvidenceStudy::EvidenceStudy(StudyHost& host)
    : Study(host), run_(new EvidenceRun(host.threads(), this)) {
    connect(run_, &EvidenceRun::changed, this, &EvidenceStudy::show_run);
}

void EvidenceStudy::add_actions(QMenu* menu) {
    action_ =
        host().add_action(menu, "evidence", {}, tr("&Explain this picture"), tr("Ctrl+G"), [this] {
            host().show_tab(panel_);
            run_->start();
        });
}

void EvidenceStudy::add_panels() {
    panel_ = new EvidencePanel;
    host().add_tab(panel_, tr("Evidence"));
    connect(panel_, &EvidencePanel::start_requested, run_, &EvidenceRun::start);
    connect(panel_, &EvidencePanel::stop_requested, run_, &EvidenceRun::stop);
    connect(panel_, &EvidencePanel::options_changed, run_, &EvidenceRun::set_options);
    connect(panel_, &EvidencePanel::view_changed, this, &EvidenceStudy::show_map);
    connect(run_, &EvidenceRun::progressed, panel_, [this] { panel_->show_progress(*run_); });
    connect(host().picture_pane().controls(), &OverlayControls::map_chosen, this,
            &EvidenceStudy::map_chosen);
}

void EvidenceStudy::map_chosen() {
    // A heatmap takes the place of the evidence map.
    if (panel_->chosen())
        panel_->choose(std::nullopt);
}

void EvidenceStudy::refresh() {
    auto subject = study_subject(collection(), host().evaluator(), obstacle_);
    const bool possible = subject && subject->evaluator;
    if (!subject)
        obstacle_ = tr("Evidence can be shown once the picture has a score.");
    else if (!possible)
        obstacle_ =
            host().evaluator() == nullptr
                ? tr("Evidence is not available without a panel. Choose one in the toolbar.")
                : tr("This score comes from another panel or precision. Choose that panel to see "
                     "its evidence.");
    action_->setEnabled(possible);
    run_->set_subject(std::move(subject));
    show_run();
}

QString EvidenceStudy::cost() const {
    const Exhibit* const exhibit = collection().current();
    if (exhibit == nullptr || !exhibit->examination || exhibit->examination->seconds <= 0)
        return tr("This takes as long as scoring the picture %1 times.")
            .arg(EvidenceRun::kScorings);
    return tr("This takes %1: the picture is scored %2 times with parts of it removed. The maps "
              "are computed first.")
        .arg(duration_text(exhibit->examination->seconds * EvidenceRun::kScorings))
        .arg(EvidenceRun::kScorings);
}

void EvidenceStudy::show_run() {
    std::vector<std::string> experts;
    if (run_->possible())
        for (const ExpertWords& words : words_for(run_->subject()->evaluator->panel().experts))
            experts.push_back(words.title);
    panel_->show_run(*run_, experts, obstacle_, cost());
    show_supports();
    show_map();
}

void EvidenceStudy::show_supports() {
    const Exhibit* const exhibit = collection().current();
    if (exhibit == nullptr)
        return;
    MapSupports supports;
    const auto add = [&supports](int map, const MapExplanation& explained) {
        if (const auto support = support_of(explained.test))
            supports.emplace(map, *support);
    };
    // The heatmaps are of the last layer.
    const Evidence* const known = run_->options().layer == kLastLayer ? run_->known() : nullptr;
    const PanelOpinion* const opinion = exhibit->opinion();
    if (known != nullptr && opinion != nullptr) {
        for (const ExpertExplanation& expert : known->experts)
            add(expert.index, expert);
        if (known->mean)
            add(opinion->answers.empty() ? kMeanMap : mean_map_of(known->question), *known->mean);
    }
    host().picture_pane().set_supports(exhibit->key(), supports);
}

void EvidenceStudy::show_map() {
    const Evidence* const known = run_->known();
    const auto chosen = panel_->chosen();
    const MapExplanation* map = nullptr;
    QString name = run_->mean_name();
    if (known != nullptr && chosen == kMeanMap && known->mean)
        map = &*known->mean;
    if (known != nullptr && chosen && *chosen >= 0)
        for (const ExpertExplanation& expert : known->experts)
            if (expert.index == *chosen) {
                map = &expert;
                name = QString::fromStdString(
                    words_for(run_->subject()->evaluator->panel().experts)[static_cast<std::size_t>(
                                                                               expert.index)]
                        .title);
            }
    if (map == nullptr || !host().tab_is_shown(panel_)) {
        host().picture_pane().show_evidence(std::nullopt);
        return;
    }
    const Towards towards = panel_->towards();
    const Shown now{collection().current()->key(), run_->options(), *chosen, towards, known->scale,
                    support_of(map->test)};
    if (host().picture_pane().evidence() && now == shown_)
        return;
    shown_ = now;
    PicturePane::Evidence evidence;
    evidence.map = side_of(density_of(map->map), towards);
    evidence.scale_max = known->scale;
    evidence.towards = towards;
    evidence.support = now.support;
    evidence.meaning = tr("%1 · what speaks for real and for fake").arg(name);
    evidence.detail =
        tr("What the whole picture would add to the log-odds of a fake if all of it were like this "
           "place, computed as %1. The maps of all experts share this scale. It covers 99 of 100 "
           "places; values beyond it are drawn in the colour of the nearest end. Places that add "
           "nothing stay uncoloured.")
            .arg(panel_->formula());
    host().picture_pane().show_evidence(std::move(evidence));
}

}  // namespace dfd::ui
