#include "ui/stability_run.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <utility>

#include "ui/picture_source.h"

namespace dfd::ui {
StabilityRun::StabilityRun(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), threads_(threads), postbox_(std::make_shared<Postbox>(this)) {}

StabilityRun::~StabilityRun() {
    postbox_->close();
    stop_.request_stop();
}

void StabilityRun::set_subject(std::optional<StabilitySubject> subject) {
    const auto digest = [](const StabilitySubject& of) { return of.evaluator->panel().digest; };
    const bool same = subject && subject_ && subject->sha256 == subject_->sha256 &&
                      digest(*subject) == digest(*subject_);
    if (!same)
        stop();
    if (subject && digest(*subject) != panel_) {
        known_.clear();
        panel_ = digest(*subject);
    }
    const bool reweighed_only = same && subject->weights != subject_->weights;
    const bool nothing_before = !subject && !subject_;
    subject_ = std::move(subject);
    if (same && !reweighed_only)
        return;
    if (!same)
        problem_.clear();
    if (!nothing_before)
        show();
}

void StabilityRun::start(const std::vector<std::string>& operations) {
    if (!subject_)
        return;
    stop();
    problem_.clear();
    const auto found = known_.find(subject_->sha256);
    before_ = found == known_.end() ? std::nullopt : std::optional(found->second);
    StabilityOptions options;
    options.operations = find_operations(operations);
    if (before_)
        std::erase_if(options.operations, [&](const StabilityOperation& operation) {
            return std::ranges::any_of(before_->operations, [&](const StabilityOperation& known) {
                return known.name == operation.name;
            });
        });
    if (options.operations.empty())
        return;
    options.batch = 1;  // other pictures are examined in between, and a stop is instant
    running_ = true;
    done_ = 0;
    planned_ = 0;
    for (const auto& operation : options.operations)
        planned_ += operation.variants.size();
    stop_ = threads_.run([this, post = postbox_, run = run_, options,
                          subject = *subject_](const std::stop_token& stop) {
        const auto tell = [&](std::function<void()> what) {
            post->post([this, run, what = std::move(what)] {
                if (run == run_)
                    what();
            });
        };
        const auto fail = [&](const QString& sentence) {
            tell([this, sentence] {
                running_ = false;
                problem_ = sentence;
                show();
            });
        };
        try {
            const Picture picture = read_first(subject.sources, subject.sha256);
            const Stability all = stability_of(
                picture.pixels, *subject.evaluator, options, subject.opinion,
                [&](const Stability& so_far) { tell([this, so_far] { take(so_far, false); }); },
                stop);
            tell([this, all] { take(all, true); });
        } catch (const Cancelled&) {
            // Whoever stopped it knows.
        } catch (const std::bad_alloc&) {
            fail(
                tr("There is not enough memory to try versions of this picture. Close other "
                   "programs and try again."));
        } catch (const std::exception& error) {
            fail(QString::fromUtf8(error.what()));
        }
    });
    Q_EMIT changed();
}

void StabilityRun::stop() {
    if (!running_)
        return;
    ++run_;
    stop_.request_stop();
    running_ = false;
    show();
}

void StabilityRun::take(const Stability& so_far, bool finished) {
    done_ = so_far.points.size() + so_far.skipped.size();
    known_[subject_->sha256] = before_ ? joined(*before_, so_far) : so_far;
    if (known_.size() > kKept)
        known_.erase(known_.begin()->first == subject_->sha256 ? std::prev(known_.end())
                                                               : known_.begin());
    if (finished) {
        ++run_;
        running_ = false;
    }
    show();
}

void StabilityRun::show() {
    shown_.reset();
    if (subject_)
        if (const auto found = known_.find(subject_->sha256); found != known_.end()) {
            if (!running_)  // what was stopped half way is tried again as a whole
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
