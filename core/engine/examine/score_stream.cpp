#include "core/engine/examine/score_stream.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>

namespace dfd {
namespace {

/// Puts results back into the order of submission. Called by one thread at a time.
class InOrder {
  public:
    InOrder(bool with_maps, const StreamTaker& take) : with_maps_(with_maps), take_(take) {}

    void receive(const ExaminationPtr& examination) {
        if (!examination->finished(with_maps_))
            return;
        ready_.emplace(examination->id, examination);
        for (auto next = ready_.find(next_); next != ready_.end(); next = ready_.find(++next_)) {
            if (!refused_)
                deliver(*next->second);
            ready_.erase(next);
        }
    }

    [[nodiscard]] bool refused() const { return refused_; }
    /// Call it only when nothing more will be received.
    [[nodiscard]] StreamCounts finish() const {
        if (error_)
            std::rethrow_exception(error_);
        return counts_;
    }

  private:
    void deliver(const Examination& examination) {
        if (examination.state == ExaminationState::Cancelled)
            return;
        ++(examination.state == ExaminationState::Failed ? counts_.failed : counts_.scored);
        try {
            take_(examination, counts_.scored + counts_.failed);
        } catch (...) {  // no exception may reach a thread of the Examiner
            error_ = std::current_exception();
            refused_ = true;
        }
    }

    bool with_maps_;
    const StreamTaker& take_;
    ExaminationId next_ = 1;
    std::map<ExaminationId, ExaminationPtr> ready_;
    StreamCounts counts_;
    std::exception_ptr error_;
    std::atomic<bool> refused_ = false;
};

}  // namespace

StreamCounts score_stream(const std::shared_ptr<Evaluator>& evaluator,
                          const ExaminerOptions& options,
                          const std::vector<std::filesystem::path>& pictures,
                          const StreamTaker& take, const std::stop_token& stop) {
    InOrder order(options.maps, take);
    const auto window = static_cast<std::size_t>(8 * std::max(options.batch, 1));
    {
        Examiner examiner(evaluator, options,
                          [&](const ExaminationPtr& examination) { order.receive(examination); });
        const std::stop_callback cancelling(stop, [&] { examiner.cancel_all(); });
        for (const auto& picture : pictures) {
            if (stop.stop_requested() || order.refused())
                break;
            examiner.submit({picture, nullptr, {}});
            examiner.wait_until_pending_at_most(window);
        }
        if (stop.stop_requested() || order.refused())
            examiner.cancel_all();  // for a picture that was submitted during the stop request
        examiner.wait_until_pending_at_most(0);
    }
    auto counts = order.finish();
    counts.complete = counts.scored + counts.failed == pictures.size();
    return counts;
}

}  // namespace dfd
