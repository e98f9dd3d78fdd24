// Threads for work that must not run on the UI thread, and a way back to it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

class QObject;

namespace dfd::ui {

/// A bounded number of threads that outlive the window. Whoever owns `main` owns this; its
/// destructor asks every job to stop and waits, so the process ends cleanly while the window is
/// long gone. Thread-safe.
///
/// Jobs beyond the bound wait, so a running job must never wait for one that has not begun. None
/// does: a job that waits for its turn at the evaluator (TurnTakingEvaluator) waits for callers
/// that run; scans, exports and an examiner's end wait for threads of their own, which core starts;
/// readers and writers of a case wait for the lock of a statement that runs; and nothing waits for
/// the UI thread. A Task never has two jobs here, so its own order needs no waiting either.
class BackgroundThreads {
  public:
    /// The token asks to stop when the destructor does.
    using Job = std::function<void(const std::stop_token& ending)>;

    /// More than there are kinds of long work (panel, folders, installation, three studies, steps,
    /// disagreement, scan, export, look-alikes), so that reading a row does not wait for them.
    [[nodiscard]] static std::size_t usual_bound();

    explicit BackgroundThreads(std::size_t most = usual_bound());
    /// Blocks until every job has returned; those that still wait are run, too.
    ~BackgroundThreads();
    BackgroundThreads(const BackgroundThreads&) = delete;
    BackgroundThreads& operator=(const BackgroundThreads&) = delete;

    /// Returns at once. `job` runs as soon as a thread is free; an exception that escapes it is
    /// logged. False when no thread can be had: then it was dropped.
    [[nodiscard]] bool run(Job job);
    /// Jobs that have not returned yet.
    [[nodiscard]] std::size_t running() const;

  private:
    struct Worker {
        bool ended = false;
        std::jthread thread;
    };
    void work(Worker& self);

    const std::size_t most_;
    std::stop_source ending_;
    mutable std::mutex mutex_;
    std::deque<Job> waiting_;
    std::size_t busy_ = 0;
    std::list<Worker> workers_;  ///< a thread ends when nothing waits
};

/// Lets other threads run code on the thread of a QObject that may be destroyed meanwhile. Shared
/// with those threads; whoever owns the QObject calls `close` before it goes. Thread-safe.
class Postbox {
  public:
    explicit Postbox(QObject* receiver) : receiver_(receiver) {}
    /// Queues `action` into the receiver's event loop; dropped once closed.
    void post(std::function<void()> action);
    void close();

  private:
    std::mutex mutex_;
    QObject* receiver_;
};

}  // namespace dfd::ui
