#include "ui/work/shared_evaluator.h"

#include <algorithm>
#include <utility>

namespace dfd::ui {
namespace {

class FairLockGuard {
  public:
    FairLockGuard(FairLock& lock, const std::stop_token& stop) : lock_(lock), stop_(stop) {
        acquire();
    }
    ~FairLockGuard() { release(); }
    FairLockGuard(const FairLockGuard&) = delete;
    FairLockGuard& operator=(const FairLockGuard&) = delete;

    /// Lets waiting callers go first. Throws Cancelled if a stop is requested meanwhile.
    void yield() {
        release();
        acquire();
    }

  private:
    void acquire() {
        lock_.acquire(stop_);
        held_ = true;
    }
    void release() {
        if (std::exchange(held_, false))
            lock_.release();
    }

    FairLock& lock_;
    const std::stop_token& stop_;
    bool held_ = false;
};

}  // namespace

void FairLock::acquire(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto ticket = ++last_ticket_;
    waiting_.push_back(ticket);
    const bool next =
        changed_.wait(lock, stop, [&] { return !locked_ && waiting_.front() == ticket; });
    waiting_.erase(std::ranges::find(waiting_, ticket));
    if (!next || stop.stop_requested()) {
        lock.unlock();
        changed_.notify_all();
        throw Cancelled();
    }
    locked_ = true;
}

void FairLock::release() {
    {
        const std::lock_guard lock(mutex_);
        locked_ = false;
    }
    changed_.notify_all();
}

SharedEvaluator::SharedEvaluator(std::shared_ptr<Evaluator> evaluator)
    : evaluator_(std::move(evaluator)) {}

std::vector<PanelOpinion> SharedEvaluator::evaluate(std::span<const Pixels* const> pictures,
                                                    const EvaluateOptions& options,
                                                    std::stop_token stop) {
    const FairLockGuard guard(lock_, stop);
    return evaluator_->evaluate(pictures, options, stop);
}

ExpertExplanation SharedEvaluator::explain(const Pixels& picture, std::size_t expert,
                                           const ExplainOptions& options, std::stop_token stop,
                                           const ExpertProgress& progress) {
    auto& explainer = explainer_of(*evaluator_);
    FairLockGuard guard(lock_, stop);
    return explainer.explain(picture, expert, options, stop, [&](double done) {
        if (progress)
            progress(done);
        guard.yield();
    });
}

std::vector<std::string> SharedEvaluator::layers(std::size_t expert) {
    auto& explainer = explainer_of(*evaluator_);
    const std::stop_token never;
    const FairLockGuard guard(lock_, never);
    return explainer.layers(expert);
}

}  // namespace dfd::ui
