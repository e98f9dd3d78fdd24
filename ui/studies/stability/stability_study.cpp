#include "ui/studies/stability/stability_study.h"

#include <QAction>

#include "core/opinion/bands.h"
#include "ui/look/wording.h"
#include "ui/studies/stability/stability_panel.h"
#include "ui/studies/stability/stability_run.h"
#include "ui/studies/subject.h"

namespace dfd::ui {

StabilityStudy::StabilityStudy(StudyHost& host)
    : Study(host), run_(new StabilityRun(host.threads(), this)) {
    connect(run_, &StabilityRun::changed, this, &StabilityStudy::show_run);
    connect(run_, &StabilityRun::finished, this, &StabilityStudy::keep);
}

void StabilityStudy::add_actions(QMenu* menu) {
    action_ = host().add_action(menu, "stability", {}, tr("&Test the stability of this picture"),
                                tr("Ctrl+T"), [this] {
                                    host().show_tab(panel_);
                                    run_->start();
                                });
}

void StabilityStudy::add_panels() {
    panel_ = new StabilityPanel;
    host().add_tab(panel_, tr("Stability"));
    connect(panel_, &StabilityPanel::start_requested, run_, &StabilityRun::start);
    connect(panel_, &StabilityPanel::stop_requested, run_, &StabilityRun::stop);
}

void StabilityStudy::refresh() {
    auto subject = study_subject(collection(), host().evaluator(), obstacle_);
    action_->setEnabled(subject && subject->evaluator);
    run_->set_subject(std::move(subject), collection().kept_stability());
    show_run();
}

void StabilityStudy::show_run() {
    const Stability* const known = run_->known();
    const auto firmness = known == nullptr ? std::nullopt : std::optional(firmness_of(*known));
    QuestionBands bands = collection().bands();
    const Exhibit* const shown = collection().current();
    if (firmness && shown != nullptr && shown->examination && shown->examination->opinion)
        bands = bands_for(*shown->examination->opinion, firmness->question, bands);
    panel_->show_run(*run_, bands, obstacle_, cost());
    host().show_firmness(firmness, !run_->running());
}

QString StabilityStudy::cost() const {
    const Exhibit* const shown = collection().current();
    if (shown == nullptr || !shown->examination || shown->examination->seconds <= 0)
        return {};
    std::size_t versions = 0;
    for (const StabilityOperation& operation : stability_operations())
        versions += operation.variants.size();
    return tr("All %1 versions take %2.")
        .arg(versions)
        .arg(duration_text(shown->examination->seconds * static_cast<double>(versions)));
}

void StabilityStudy::keep() {
    const Stability* const known = run_->known();
    const auto evaluator = host().evaluator();
    if (known != nullptr && evaluator)
        collection().keep_stability(
            {evaluator->panel(), evaluator->device().id, evaluator->precision()}, *known);
}

}  // namespace dfd::ui
