// Shares one evaluator fairly between callers: the list's examiner, case scans and studies.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "core/engine/scoring/explanation.h"

namespace dfd::ui {

/// A first-come, first-served lock. Thread-safe.
class FairLock {
  public:
    /// Blocks until it is the caller's turn; throws Cancelled as soon as `stop` is requested.
    void acquire(const std::stop_token& stop);
    void release();

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<std::uint64_t> waiting_;  ///< the front is next
    std::uint64_t last_ticket_ = 0;
    bool locked_ = false;
};

/// Callers wait for each other in order of arrival; thread-safe. A turn is one call of `evaluate`,
/// or one batch of an explanation, which yields between batches: scoring a picture never waits for
/// a whole explanation, and neither starves the other. Explains if the wrapped evaluator can, else
/// throws DeviceError.
class SharedEvaluator : public Evaluator, public ExpertExplainer {
  public:
    explicit SharedEvaluator(std::shared_ptr<Evaluator> evaluator);

    [[nodiscard]] const PanelRecord& panel() const override { return evaluator_->panel(); }
    [[nodiscard]] const DeviceInfo& device() const override { return evaluator_->device(); }
    [[nodiscard]] Precision precision() const override { return evaluator_->precision(); }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options,
                                       std::stop_token stop) override;
    ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                              const ExplainOptions& options, std::stop_token stop,
                              const ExpertProgress& progress) override;
    std::vector<std::string> layers(std::size_t expert) override;

  private:
    std::shared_ptr<Evaluator> evaluator_;
    FairLock lock_;
};

}  // namespace dfd::ui
