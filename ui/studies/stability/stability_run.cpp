#include "ui/studies/stability/stability_run.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ui/work/picture_source.h"

namespace dfd::ui {

StabilityRun::StabilityRun(BackgroundThreads& threads, QObject* parent)
    : PictureRun(threads, parent) {}

void StabilityRun::set_subject(std::optional<PictureSubject> subject, const Stability* recorded) {
    const bool same = subject && subject_ && subject->same_picture(*subject_);
    if (!same)
        stop();
    if (subject && subject->scope != scope_) {
        known_.clear();
        scope_ = subject->scope;
    }
    const bool reweighed_only = same && subject->weights != subject_->weights;
    const bool nothing_before = !subject && !subject_;
    subject_ = std::move(subject);
    const bool newly_recorded =
        subject_ && recorded != nullptr && !known_.contains(subject_->sha256);
    if (newly_recorded)
        store(*recorded);
    if (same && !reweighed_only && !newly_recorded)
        return;
    if (!same)
        clear_problem();
    if (!nothing_before)
        refresh();
}

void StabilityRun::start(const std::vector<std::string>& operations) {
    if (!possible())
        return;
    stop();
    clear_problem();
    const auto found = known_.find(subject_->sha256);
    earlier_ = found == known_.end() ? std::nullopt : std::optional(found->second);
    StabilityOptions options;
    options.operations = find_operations(operations);
    if (earlier_)
        std::erase_if(options.operations, [&](const StabilityOperation& operation) {
            return std::ranges::any_of(earlier_->operations, [&](const StabilityOperation& known) {
                return known.name == operation.name;
            });
        });
    if (options.operations.empty())
        return;
    options.batch = 1;  // lets other pictures in between; stops quickly
    done_ = 0;
    planned_ = 0;
    started_ = last_ = TimeLeft::Clock::now();
    for (const auto& operation : options.operations)
        planned_ += operation.variants.size();
    launch([this, options, subject = *subject_](const Task::Run& run) {
        const Picture picture = read_first(subject.sources, subject.sha256);
        const Stability all = stability_of(
            picture.pixels, *subject.evaluator, options, subject.opinion,
            [&](const Stability& so_far) { run.post([this, so_far] { update(so_far); }); },
            run.stop_token());
        run.post([this, all] { update(all); });
    });
}

void StabilityRun::update(const Stability& so_far) {
    done_ = so_far.points.size() + so_far.skipped.size();
    last_ = TimeLeft::Clock::now();
    store(earlier_ ? joined(*earlier_, so_far) : so_far);
    refresh();
}

QueuePace StabilityRun::pace() const {
    const auto seconds = [](TimeLeft::Clock::duration time) {
        return std::chrono::duration<double>(time).count();
    };
    return {static_cast<int>(done_), static_cast<int>(planned_ - std::min(done_, planned_)),
            seconds(last_ - started_), seconds(TimeLeft::Clock::now() - last_)};
}

void StabilityRun::store(const Stability& stability) {
    known_[subject_->sha256] = stability;
    if (known_.size() > kKept)
        known_.erase(known_.begin()->first == subject_->sha256 ? std::prev(known_.end())
                                                               : known_.begin());
}

void StabilityRun::refresh() {
    shown_.reset();
    if (subject_)
        if (const auto found = known_.find(subject_->sha256); found != known_.end()) {
            if (!running())  // a partly finished operation is repeated as a whole
                found->second = finished_part(found->second);
            shown_ = found->second;
            if (!subject_->weights.empty())
                shown_ = reweighed(std::move(*shown_), subject_->weights);
            if (shown_->points.empty())
                shown_.reset();
        }
    Q_EMIT changed();
}

}  // namespace dfd::ui
