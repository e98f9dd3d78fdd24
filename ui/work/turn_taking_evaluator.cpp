#include "ui/work/turn_taking_evaluator.h"

#include <algorithm>
#include <utility>

namespace dfd::ui {
namespace {

class Turn {
  public:
    Turn(Turns& turns, const std::stop_token& stop) : turns_(turns), stop_(stop) { take(); }
    ~Turn() { give(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    /// Lets waiting callers go first. Throws Cancelled if a stop is requested meanwhile.
    void let_others() {
        give();
        take();
    }

  private:
    void take() {
        turns_.take(stop_);
        held_ = true;
    }
    void give() {
        if (std::exchange(held_, false))
            turns_.give();
    }

    Turns& turns_;
    const std::stop_token& stop_;
    bool held_ = false;
};

}  // namespace

void Turns::take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto mine = ++last_;
    waiting_.push_back(mine);
    const bool next =
        changed_.wait(lock, stop, [&] { return !taken_ && waiting_.front() == mine; });
    waiting_.erase(std::ranges::find(waiting_, mine));
    if (!next || stop.stop_requested()) {
        lock.unlock();
        changed_.notify_all();
        throw Cancelled();
    }
    taken_ = true;
}

void Turns::give() {
    {
        const std::lock_guard lock(mutex_);
        taken_ = false;
    }
    changed_.notify_all();
}

TurnTakingEvaluator::TurnTakingEvaluator(std::shared_ptr<Evaluator> evaluator)
    : evaluator_(std::move(evaluator)) {}

std::vector<PanelOpinion> TurnTakingEvaluator::evaluate(std::span<const Pixels* const> pictures,
                                                        const EvaluateOptions& options,
                                                        std::stop_token stop) {
    const Turn turn(turns_, stop);
    return evaluator_->evaluate(pictures, options, stop);
}

ExpertExplanation TurnTakingEvaluator::explain(const Pixels& picture, std::size_t expert,
                                               const ExplainOptions& options, std::stop_token stop,
                                               const ExpertProgress& progress) {
    auto& explainer = explainer_of(*evaluator_);
    Turn turn(turns_, stop);
    return explainer.explain(picture, expert, options, stop, [&](double done) {
        if (progress)
            progress(done);
        turn.let_others();
    });
}

std::vector<std::string> TurnTakingEvaluator::layers(std::size_t expert) {
    auto& explainer = explainer_of(*evaluator_);
    const std::stop_token never;
    const Turn turn(turns_, never);
    return explainer.layers(expert);
}

}  // namespace dfd::ui
