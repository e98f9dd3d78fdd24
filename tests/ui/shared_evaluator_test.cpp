// Tests of an evaluator that several callers share: one at a time, and a stopped one leaves the
// queue.
#include "ui/work/shared_evaluator.h"

#include <QTest>
#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "tests/ui/fake_evaluator.h"

using namespace dfd;
using namespace dfd::ui;

namespace {

/// Counts calls without any lock of its own: right only if one calls at a time.
class UnguardedEvaluator : public test::FakeEvaluator {
  public:
    UnguardedEvaluator() : FakeEvaluator(test::fake_panel("shared", 1, false)) {}

    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const>, const EvaluateOptions&,
                                       std::stop_token) override {
        ++calls;
        return {};
    }
    int calls = 0;
};

}  // namespace

class SharedEvaluatorTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void one_caller_at_a_time();
    void a_stopped_caller_leaves_the_queue();
};

void SharedEvaluatorTest::one_caller_at_a_time() {
    const auto evaluator = std::make_shared<UnguardedEvaluator>();
    SharedEvaluator shared(evaluator);
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 4; ++i)
            callers.emplace_back([&] {
                for (int call = 0; call < 250; ++call)
                    shared.evaluate({}, {}, {});
            });
    }
    QCOMPARE(evaluator->calls, 1000);
}

void SharedEvaluatorTest::a_stopped_caller_leaves_the_queue() {
    FairLock lock;
    lock.acquire({});
    std::atomic<int> cancelled = 0;
    std::atomic<int> served = 0;
    const auto call = [&](const std::stop_token& stop) {
        try {
            lock.acquire(stop);
            ++served;
            lock.release();
        } catch (const Cancelled&) {
            ++cancelled;
        }
    };
    std::jthread impatient(call);
    std::jthread patient(call);
    impatient.request_stop();
    impatient.join();  // Returns although the lock is held.
    QCOMPARE(cancelled.load(), 1);
    QCOMPARE(served.load(), 0);
    lock.release();
    patient.join();
    QCOMPARE(served.load(), 1);

    std::stop_source stopped;
    stopped.request_stop();
    call(stopped.get_token());
    QCOMPARE(cancelled.load(), 2);
    lock.acquire({});  // A stopped caller has left the lock free.
    lock.release();
}

QTEST_MAIN(SharedEvaluatorTest)
#include "shared_evaluator_test.moc"
