// Tests of an evaluator that several callers share: one at a time, explanations let others in
// between, and a stopped one leaves the queue.
#include "ui/work/shared_evaluator.h"

#include <QTest>
#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "tests/ui/fake_explainer.h"

using namespace dfd;
using namespace dfd::test;
using namespace dfd::ui;

namespace {

constexpr int kPatience = 20'000;  ///< milliseconds; only a failing test waits that long

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
    void scoring_runs_between_the_batches_of_an_explanation();
    void a_stopped_caller_stops_waiting_at_once();
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

void SharedEvaluatorTest::scoring_runs_between_the_batches_of_an_explanation() {
    /// Explains until another caller has scored.
    class Endless : public ExplainingEvaluator {
      public:
        using ExplainingEvaluator::ExplainingEvaluator;
        ExpertExplanation explain(const Pixels&, std::size_t, const ExplainOptions&,
                                  std::stop_token stop, const ExpertProgress& progress) override {
            while (evaluated() == 0) {
                if (stop.stop_requested())
                    throw Cancelled();
                progress(0.5);
            }
            return {};
        }
    };
    const auto endless = std::make_shared<Endless>(fake_panel("endless", 2, false));
    SharedEvaluator shared(endless);
    const Pixels grey{2, 1, std::vector<std::uint8_t>(6, 90)};
    const Pixels* const picture = &grey;
    std::jthread scorer;
    bool begun = false;
    (void)shared.explain(grey, 0, {}, {}, [&](double) {
        if (!std::exchange(begun, true))
            scorer = std::jthread([&] { (void)shared.evaluate({&picture, 1}, {}, {}); });
    });
    scorer.join();
    QCOMPARE(endless->evaluated(), 1);
}

void SharedEvaluatorTest::a_stopped_caller_stops_waiting_at_once() {
    const auto gate = std::make_shared<Gate>();
    const auto explainer =
        std::make_shared<ExplainingEvaluator>(fake_panel("held", 2, false), gate);
    SharedEvaluator shared(explainer);
    const Pixels grey{2, 1, std::vector<std::uint8_t>(6, 90)};
    const Pixels* const picture = &grey;
    gate->close();
    std::jthread scorer([&] { (void)shared.evaluate({&picture, 1}, {}, {}); });
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    std::stop_source stopping;
    bool cancelled = false;
    std::jthread waiting([&] {
        try {
            (void)shared.explain(grey, 0, {}, stopping.get_token(), {});
        } catch (const Cancelled&) {
            cancelled = true;
        }
    });
    stopping.request_stop();
    waiting.join();  // returns while the other caller still has its turn
    QVERIFY(cancelled);
    QCOMPARE(gate->waiting(), 1);
    QCOMPARE(explainer->tested(), 0);
    gate->open();
    scorer.join();
    (void)shared.explain(grey, 0, {}, {}, {});  // the turn was released
    QCOMPARE(explainer->tested(), 1);
}

QTEST_MAIN(SharedEvaluatorTest)
#include "shared_evaluator_test.moc"
