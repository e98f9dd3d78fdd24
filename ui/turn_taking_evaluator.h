// One evaluator for several callers: the list that is examined and the scan into a case.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "core/engine/evaluator.h"

namespace dfd::ui {

/// Callers wait for each other, picture by picture; thread-safe.
class TurnTakingEvaluator : public Evaluator {
  public:
    explicit TurnTakingEvaluator(std::shared_ptr<Evaluator> evaluator)
        : evaluator_(std::move(evaluator)) {}

    [[nodiscard]] const PanelRecord& panel() const override { return evaluator_->panel(); }
    [[nodiscard]] const DeviceInfo& device() const override { return evaluator_->device(); }
    [[nodiscard]] Precision precision() const override { return evaluator_->precision(); }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override {
        const std::lock_guard turn(turn_);
        if (stop.stop_requested())
            throw Cancelled();
        return evaluator_->evaluate(pictures, options, std::move(stop));
    }

  private:
    std::shared_ptr<Evaluator> evaluator_;
    std::mutex turn_;
};

}  // namespace dfd::ui
