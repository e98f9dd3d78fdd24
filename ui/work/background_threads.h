// Bounded thread pool for work off the UI thread, and a way to post results back to it.
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

/// A bounded thread pool that outlives the window; `main` owns it. The destructor asks every job to
/// stop and waits, so that the process ends cleanly after the window is gone. Thread-safe.
///
/// Jobs beyond the bound wait, so a running job must never wait for one that has not started. None
/// does: a job waiting for its turn at the evaluator (SharedEvaluator) waits for running
/// callers; scans, exports and an examiner's destructor wait for threads of their own, which core
/// starts; readers and writers of a case wait for the lock of a running statement; and nothing
/// waits for the UI thread. A Task never has two jobs here, so keeping its order needs no waiting.
class BackgroundThreads {
  public:
    /// The token requests a stop when the pool's destructor runs.
    using Job = std::function<void(const std::stop_token& ending)>;

    /// More than the kinds of long work (panel, folders, installation, three studies, steps,
    /// disagreement, scan, export, look-alikes), so that reading a row need not wait for them.
    [[nodiscard]] static std::size_t default_limit();

    explicit BackgroundThreads(std::size_t max_threads = default_limit());
    /// Blocks until every job has returned; queued jobs are run, too.
    ~BackgroundThreads();
    BackgroundThreads(const BackgroundThreads&) = delete;
    BackgroundThreads& operator=(const BackgroundThreads&) = delete;

    /// Returns at once. `job` runs as soon as a thread is free; an escaping exception is logged.
    /// Returns false and drops the job if no thread can be created.
    [[nodiscard]] bool run(Job job);
    /// Number of jobs that have not returned, including queued ones.
    [[nodiscard]] std::size_t running() const;

  private:
    struct Worker {
        bool ended = false;
        std::jthread thread;
    };
    void work(Worker& self);

    const std::size_t max_threads_;
    std::stop_source ending_;
    mutable std::mutex mutex_;
    std::deque<Job> waiting_;
    std::size_t busy_ = 0;
    std::list<Worker> workers_;  ///< a worker ends when the queue is empty
};

/// Runs functions on the thread of a QObject that may be destroyed meanwhile. Shared with other
/// threads; the owner of the QObject calls `close` before destroying it. Thread-safe.
class Postbox {
  public:
    explicit Postbox(QObject* receiver) : receiver_(receiver) {}
    /// Queues `action` in the receiver's event loop; does nothing once closed.
    void post(std::function<void()> action);
    void close();

  private:
    std::mutex mutex_;
    QObject* receiver_;
};

}  // namespace dfd::ui
