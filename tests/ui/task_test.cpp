// Tests of Task: what is delivered, what is dropped, and on which and how many threads.
#include "ui/work/task.h"

#include <QStringList>
#include <QTest>
#include <QThread>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "tests/ui/fake_evaluator.h"

using namespace dfd;
using namespace dfd::ui;
using dfd::test::Gate;

namespace {

constexpr int kPatience = 20'000;  ///< milliseconds; only a failing test waits that long

/// Owns a task and records what it is told, in order.
class Asker {
  public:
    explicit Asker(BackgroundThreads& threads, Task::OnStop on_stop = Task::OnStop::Drop)
        : task(threads, QStringLiteral("no memory"), on_stop) {}

    [[nodiscard]] Task::Then says(const QString& word) {
        return [this, word] {
            Q_ASSERT(QThread::currentThread() == qApp->thread());
            heard.append(word);
        };
    }
    /// Delivers `word` once the gate opens; throws Cancelled if a stop is requested before.
    [[nodiscard]] Task::Work gated(std::shared_ptr<Gate> gate, const QString& word) {
        return [this, gate = std::move(gate), word](const Task::Run& run) {
            gate->pass(run.stop_token());
            return says(word);
        };
    }
    [[nodiscard]] Task::Failed fails() {
        return [this](const Task::Problem& problem) {
            heard.append(problem.stopped ? QStringLiteral("stopped") : problem.sentence);
        };
    }

    QStringList heard;
    Task task;
};

std::shared_ptr<Gate> closed_gate() {
    auto gate = std::make_shared<Gate>();
    gate->close();
    return gate;
}

template <typename Error>
Task::Work throwing(Error error) {
    return [error](const Task::Run&) -> Task::Then { throw error; };
}

/// Records the thread that destroyed it.
struct Traced {
    explicit Traced(std::atomic<QThread*>& ended_on) : where(ended_on) {}
    ~Traced() { where = QThread::currentThread(); }
    Traced(const Traced&) = delete;
    Traced& operator=(const Traced&) = delete;
    std::atomic<QThread*>& where;
};

}  // namespace

class TaskTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void a_result_comes_after_start_has_returned();
    void exceptions_become_sentences();
    void no_thread_available();
    void added_work_runs_in_order();
    void the_newest_wins();
    void at_most_one_runs();
    void replacing_keeps_running_work();
    void stopping_is_silent();
    void stopping_queued_work();
    void a_requested_stop_is_reported();
    void only_the_latest_progress_is_delivered();
    void destruction_while_running();
    void work_to_finish_is_completed_after_a_stop();
    void the_last_reference_is_dropped_on_the_worker_thread();
    void threads_are_bounded();
    void destroying_the_pool_stops_running_jobs();
    void a_job_that_throws_is_dropped();
};

void TaskTest::a_result_comes_after_start_has_returned() {
    BackgroundThreads threads;
    Asker asker(threads);
    std::atomic<QThread*> worked_on = nullptr;
    asker.task.start(
        [&](const Task::Run& run) {
            worked_on = QThread::currentThread();
            run.post(asker.says(QStringLiteral("first")));
            run.post(asker.says(QStringLiteral("second")));
            return asker.says(QStringLiteral("end"));
        },
        asker.fails());
    QVERIFY(asker.task.running());
    QVERIFY(asker.heard.isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, (QStringList{QStringLiteral("first"), QStringLiteral("second"),
                                       QStringLiteral("end")}));
    QVERIFY(worked_on != nullptr && worked_on != QThread::currentThread());
}

void TaskTest::exceptions_become_sentences() {
    BackgroundThreads threads;
    Asker asker(threads);
    asker.task.add(throwing(std::runtime_error("it broke")), asker.fails());
    asker.task.add(throwing(std::bad_alloc()), asker.fails());
    asker.task.add(throwing(7), asker.fails());
    asker.task.add(throwing(Cancelled()), asker.fails());  // Thrown without a stop request.
    asker.task.add(throwing(std::runtime_error("")), asker.fails());
    asker.task.add(throwing(std::runtime_error("nobody listens")), {});
    asker.task.add([](const Task::Run&) -> Task::Then { return {}; }, asker.fails());
    asker.task.add([&](const Task::Run&) { return asker.says(QStringLiteral("after")); }, {});
    QTRY_COMPARE_WITH_TIMEOUT(asker.task.pending(), std::size_t{0}, kPatience);
    QCOMPARE(asker.heard.size(), 6);
    QCOMPARE(asker.heard[0], QStringLiteral("it broke"));
    QCOMPARE(asker.heard[1], QStringLiteral("no memory"));
    for (const int other : {2, 3, 4})
        QVERIFY(asker.heard[other].endsWith(QLatin1Char('.')));
    QCOMPARE(asker.heard[5], QStringLiteral("after"));

    Task without_sentence(threads);
    without_sentence.start(throwing(std::bad_alloc()), asker.fails());
    QTRY_COMPARE_WITH_TIMEOUT(asker.heard.size(), 7, kPatience);
    QVERIFY(asker.heard[6].contains(QStringLiteral("memory")));
}

void TaskTest::no_thread_available() {
    BackgroundThreads none(0);
    Asker asker(none);
    for (int i = 0; i < 2; ++i) {  // Failed work must not block the queue.
        asker.task.add([&](const Task::Run&) { return asker.says(QStringLiteral("worked")); },
                       asker.fails());
        QVERIFY(asker.task.running());
        QCOMPARE(asker.heard.size(), i);
        QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
        QCOMPARE(asker.heard.size(), i + 1);
        QVERIFY(asker.heard.back().contains(QStringLiteral("thread")));
    }
    asker.task.start(throwing(1), asker.fails());
    asker.task.stop();
    asker.task.release(std::make_shared<int>(1));
    QCoreApplication::processEvents();
    QCOMPARE(asker.heard.size(), 2);
    QCOMPARE(none.running(), std::size_t{0});
}

void TaskTest::added_work_runs_in_order() {
    BackgroundThreads threads;
    Asker asker(threads);
    QStringList expected;
    for (int i = 0; i < 50; ++i) {
        expected.append(QString::number(i));
        asker.task.add([&asker, i](const Task::Run&) { return asker.says(QString::number(i)); },
                       asker.fails());
    }
    QCOMPARE(asker.task.pending(), std::size_t{50});
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, expected);
}

void TaskTest::the_newest_wins() {
    BackgroundThreads threads;
    Asker asker(threads);
    const auto began = closed_gate();
    const auto ends = std::make_shared<Gate>();
    asker.task.start(
        [&, began, ends](const Task::Run& run) {
            run.post(asker.says(QStringLiteral("early")));
            try {
                began->pass(run.stop_token());
            } catch (const Cancelled&) {
                run.post(asker.says(QStringLiteral("late")));
                run.post_latest(asker.says(QStringLiteral("late progress")));
            }
            return asker.says(QStringLiteral("old"));
        },
        asker.fails());
    QTRY_COMPARE_WITH_TIMEOUT(began->waiting(), 1, kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(asker.heard.size(), 1, kPatience);
    for (int i = 0; i < 3; ++i)
        asker.task.start(asker.gated(ends, QString::number(i)), asker.fails());
    QCOMPARE(asker.task.pending(), std::size_t{1});
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, (QStringList{QStringLiteral("early"), QStringLiteral("2")}));
}

void TaskTest::at_most_one_runs() {
    BackgroundThreads threads;
    Asker asker(threads);
    std::atomic<int> running = 0, most = 0;
    for (int i = 0; i < 20; ++i)
        asker.task.start(
            [&](const Task::Run&) {
                most = std::max(most.load(), ++running);
                std::this_thread::yield();
                --running;
                return asker.says(QStringLiteral("done"));
            },
            asker.fails());
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, QStringList{QStringLiteral("done")});
    QCOMPARE(most.load(), 1);
}

void TaskTest::replacing_keeps_running_work() {
    BackgroundThreads threads;
    Asker asker(threads);
    const auto gate = closed_gate();
    asker.task.replace(asker.gated(gate, QStringLiteral("runs")), asker.fails());
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    asker.task.replace(asker.gated(gate, QStringLiteral("waits")), asker.fails());
    asker.task.replace(asker.gated(gate, QStringLiteral("newest")), asker.fails());
    QCOMPARE(asker.task.pending(), std::size_t{2});
    gate->open();
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, (QStringList{QStringLiteral("runs"), QStringLiteral("newest")}));
}

void TaskTest::stopping_is_silent() {
    BackgroundThreads threads;
    Asker asker(threads);
    const auto gate = closed_gate();
    asker.task.start(asker.gated(gate, QStringLiteral("ran")), asker.fails());
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    asker.task.stop();
    QVERIFY(!asker.task.running());
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    QCoreApplication::processEvents();
    QVERIFY(asker.heard.isEmpty());

    // A result that is already queued for delivery.
    asker.task.start([&](const Task::Run&) { return asker.says(QStringLiteral("ran")); }, {});
    while (threads.running() > 0)
        std::this_thread::yield();
    asker.task.stop();
    QCoreApplication::processEvents();
    QVERIFY(asker.heard.isEmpty());
}

void TaskTest::stopping_queued_work() {
    BackgroundThreads threads(1);
    Asker first(threads), second(threads);
    const auto gate = closed_gate();
    first.task.start(first.gated(gate, QStringLiteral("first")), first.fails());
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    std::atomic<bool> begun = false;
    const auto begin = [&](const Task::Run&) -> Task::Then {
        begun = true;
        return {};
    };
    second.task.start(begin, second.fails());  // Waits for a thread.
    second.task.add(begin, second.fails());    // Waits for the piece before it, too.
    second.task.stop();
    gate->open();
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!first.task.running(), kPatience);
    QCOMPARE(first.heard, QStringList{QStringLiteral("first")});
    QVERIFY(second.heard.isEmpty());
    QVERIFY(!begun);
}

void TaskTest::a_requested_stop_is_reported() {
    BackgroundThreads threads;
    Asker asker(threads);
    const auto gate = closed_gate();
    asker.task.add(asker.gated(gate, QStringLiteral("ran")), asker.fails());
    asker.task.add(asker.gated(gate, QStringLiteral("ran")), asker.fails());
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    asker.task.request_stop();
    QCOMPARE(asker.task.pending(), std::size_t{2});
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, (QStringList{QStringLiteral("stopped"), QStringLiteral("stopped")}));
}

void TaskTest::only_the_latest_progress_is_delivered() {
    BackgroundThreads threads;
    Asker asker(threads);
    asker.task.start(
        [&](const Task::Run& run) {
            for (int i = 0; i < 10'000; ++i)
                run.post_latest(asker.says(QString::number(i)));
            return asker.says(QStringLiteral("end"));
        },
        asker.fails());
    while (threads.running() > 0)
        std::this_thread::yield();  // Without processing events.
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, (QStringList{QStringLiteral("9999"), QStringLiteral("end")}));
}

void TaskTest::destruction_while_running() {
    BackgroundThreads threads;
    QStringList heard;
    const auto gate = closed_gate();
    const auto stubborn = closed_gate();
    auto asker = std::make_unique<Task>(threads);
    const auto hear = [&heard] { heard.append(QStringLiteral("heard")); };
    const auto fails = [&heard](const Task::Problem&) { heard.append(QStringLiteral("failed")); };
    asker->add(
        [=](const Task::Run& run) -> Task::Then {
            try {
                gate->pass(run.stop_token());
            } catch (const Cancelled&) {
                run.post(hear);
            }
            stubborn->pass({});
            run.post_latest(hear);
            return hear;
        },
        fails);
    asker->add([=](const Task::Run&) -> Task::Then { return hear; }, fails);
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    asker.reset();                                                 // Requests a stop,
    QTRY_COMPARE_WITH_TIMEOUT(stubborn->waiting(), 1, kPatience);  // and does not wait.
    stubborn->open();
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    QCoreApplication::processEvents();
    QVERIFY(heard.isEmpty());
}

void TaskTest::work_to_finish_is_completed_after_a_stop() {
    auto threads = std::make_unique<BackgroundThreads>(2);
    const auto gate = closed_gate();
    std::atomic<int> written = 0;
    auto asker = std::make_unique<Asker>(*threads, Task::OnStop::Finish);
    const auto decide = [gate, &written](const Task::Run& run) -> Task::Then {
        gate->pass(run.stop_token());
        ++written;
        return {};
    };
    asker->task.add(decide, {});
    asker->task.add(decide, {});
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    asker->task.stop();  // Delivers nothing more, but completes the work.
    QVERIFY(!asker->task.running());
    asker->task.add(decide, {});
    asker.reset();
    auto opener = std::make_unique<Task>(*threads, QString(), Task::OnStop::Finish);
    opener->add(
        [gate](const Task::Run&) -> Task::Then {
            gate->open();
            return {};
        },
        {});
    threads.reset();  // Waits for all of them.
    QCOMPARE(written.load(), 3);
}

void TaskTest::the_last_reference_is_dropped_on_the_worker_thread() {
    BackgroundThreads threads;
    std::atomic<QThread*> released = nullptr, dropped = nullptr, behind = nullptr;
    const auto gate = closed_gate();
    {
        Asker asker(threads);
        asker.task.add(asker.gated(gate, QStringLiteral("ran")), asker.fails());
        asker.task.release(std::make_shared<Traced>(released));
        asker.task.add([held = std::make_shared<Traced>(dropped)](
                           const Task::Run&) -> Task::Then { return {}; },
                       {});
        QCOMPARE(asker.task.pending(), std::size_t{2});
        asker.task.release(nullptr);
        QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
        QVERIFY(released == nullptr);
        asker.task.stop();
        asker.task.release(std::make_shared<Traced>(behind));
    }
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    for (const auto* const where : {&released, &dropped, &behind})
        QVERIFY(*where != nullptr && *where != QThread::currentThread());
}

void TaskTest::threads_are_bounded() {
    constexpr std::size_t kMost = 3;
    BackgroundThreads threads(kMost);
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t running = 0, most = 0, done = 0;
    bool open = false;
    for (int i = 0; i < 100; ++i)
        QVERIFY(threads.run([&](const std::stop_token&) {
            std::unique_lock lock(mutex);
            most = std::max(most, ++running);
            changed.notify_all();
            changed.wait(lock, [&] { return open; });
            --running;
            ++done;
        }));
    {
        std::unique_lock lock(mutex);
        QVERIFY(changed.wait_for(lock, std::chrono::milliseconds(kPatience),
                                 [&] { return running == kMost; }));
        QCOMPARE(done, std::size_t{0});
        open = true;
    }
    QCOMPARE(threads.running(), std::size_t{100});
    changed.notify_all();
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
    QCOMPARE(most, kMost);
    QCOMPARE(done, std::size_t{100});
    QVERIFY(BackgroundThreads::default_limit() >= 8);
}

void TaskTest::destroying_the_pool_stops_running_jobs() {
    auto threads = std::make_unique<BackgroundThreads>(1);
    Asker asker(*threads);
    const auto gate = closed_gate();
    asker.task.add(asker.gated(gate, QStringLiteral("ran")), asker.fails());
    asker.task.add(asker.gated(gate, QStringLiteral("ran")), asker.fails());
    QTRY_COMPARE_WITH_TIMEOUT(gate->waiting(), 1, kPatience);
    threads.reset();  // Returns although the gate is closed.
    QTRY_VERIFY_WITH_TIMEOUT(!asker.task.running(), kPatience);
    QCOMPARE(asker.heard, (QStringList{QStringLiteral("stopped"), QStringLiteral("stopped")}));
}

void TaskTest::a_job_that_throws_is_dropped() {
    BackgroundThreads threads(1);
    std::atomic<int> done = 0;
    QTest::ignoreMessage(QtCriticalMsg, "A background job failed unexpectedly: broken");
    QTest::ignoreMessage(QtCriticalMsg, "A background job failed unexpectedly.");
    QVERIFY(threads.run([](const std::stop_token&) { throw std::runtime_error("broken"); }));
    QVERIFY(threads.run([](const std::stop_token&) { throw 1; }));
    QVERIFY(threads.run([&](const std::stop_token&) { ++done; }));
    QTRY_COMPARE_WITH_TIMEOUT(done.load(), 1, kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(threads.running(), std::size_t{0}, kPatience);
}

QTEST_MAIN(TaskTest)
#include "task_test.moc"
