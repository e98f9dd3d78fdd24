#include "ui/studies/presentation/presentation_study.h"

#include <algorithm>

#include "core/base/language.h"
#include "core/opinion/limits.h"
#include "ui/picture/picture_pane.h"

namespace dfd::ui {

void PresentationStudy::add_actions(QMenu* menu) {
    host().add_action(menu, "present", {}, tr("P&resent to an audience"), tr("Ctrl+F5"),
                      [this] { present(); });
    host().add_action(menu, "present_disputed", {}, tr("Present the m&ost disputed"),
                      tr("Ctrl+Shift+F5"), [this] { present_disputed(); });
}

void PresentationStudy::attach(Collection& collection) {
    Study::attach(collection);
    comparing_.stop();
    presented_.clear();
}

void PresentationStudy::present() {
    comparing_.stop();
    presented_ = collection().selected();
    if (presented_.size() < 2)
        presented_.clear();  // one picture: where to begin in the list
    else
        collection().make_current(presented_.front());
    show_stage();
}

void PresentationStudy::present_disputed() {
    comparing_.start(
        [this, read = collection().opinions()](const Task::Run& run) -> Task::Then {
            const AgreementViewPtr view = read(run.stop_token());
            if (!view)
                return nullptr;
            std::vector<Collection::Id> found;
            for (const std::size_t picture : view->table.most_disputed(view->ids.size()))
                found.push_back(view->ids[picture]);
            return [this, found] {
                presented_.clear();
                for (const Collection::Id id : found)
                    if (presented_.size() < kDisputed && collection().row_of(id) >= 0)
                        presented_.push_back(id);
                if (presented_.empty()) {
                    host().tell(Severity::Information,
                                tr("No listed picture has been scored yet, so there is none to "
                                   "present."));
                    return;
                }
                collection().make_current(presented_.front());
                show_stage();
            };
        },
        [this](const Task::Problem& problem) { host().tell(Severity::Error, problem.sentence); });
}

void PresentationStudy::show_stage() {
    if (stage_ == nullptr) {
        stage_ = new Presentation(host().dialog_parent());
        connect(stage_, &Presentation::step_requested, this, &PresentationStudy::step);
    }
    refresh();
    stage_->showFullScreen();
    stage_->setFocus();
}

void PresentationStudy::step(int by) {
    if (presented_.empty()) {
        collection().step(by);
        return;
    }
    const auto at = std::ranges::find(presented_, collection().current_id().value_or(-1));
    const std::ptrdiff_t now = at == presented_.end() ? -by : at - presented_.begin();
    collection().make_current(presented_[static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(now + by, 0, std::ssize(presented_) - 1))]);
}

void PresentationStudy::refresh() {
    if (stage_ == nullptr)
        return;
    Slide slide;
    slide.bands = collection().bands();
    const OverlaySettings& chosen = host().picture_pane().controls()->settings();
    slide.colours = chosen.colours;
    slide.opacity = chosen.opacity;
    const Exhibit* const exhibit = collection().current();
    if (exhibit == nullptr) {
        slide.waiting = tr("Select a picture in the main window, then return to the presentation.");
        stage_->show_slide(slide);
        return;
    }
    slide.key = exhibit->key();
    slide.name = exhibit->name;
    slide.supports = host().picture_pane().supports_of(slide.key);
    const auto id = collection().current_id();
    int row = id ? collection().row_of(*id) : -1;
    int rows = collection().rows();
    if (const auto at = std::ranges::find(presented_, id.value_or(-1)); at != presented_.end()) {
        row = static_cast<int>(at - presented_.begin());
        rows = static_cast<int>(presented_.size());
    }
    if (row >= 0)
        slide.position = tr("%1 of %2").arg(row + 1).arg(rows);
    slide.preview = collection().thumbnail();
    slide.picture = host().opened_picture(exhibit->key());
    slide.examination = exhibit->examination;
    slide.waiting = exhibit->state == ExaminationState::Failed && exhibit->examination
                        ? QString::fromStdString(say_again(exhibit->examination->failure.message))
                        : collection().waiting();
    if (const auto by = collection().shown_by()) {
        slide.panel = QString::fromStdString(say(by->panel.title));
        slide.caution = by->panel.starter ? QString::fromStdString(say(kTrialCaution)) : QString();
    }
    slide.firmness = host().firmness_words();
    stage_->show_slide(slide);
}

}  // namespace dfd::ui
