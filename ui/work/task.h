// Runs work on a background thread and delivers results and errors on the UI thread.
#pragma once

#include <QObject>
#include <QString>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>

#include "ui/work/background_threads.h"

namespace dfd::ui {

/// Runs pieces of work one after another on a background thread and delivers their results. Every
/// member function is called on the UI thread, returns at once and delivers nothing before it has
/// returned. Work runs on another thread and must not touch the owner; instead it returns
/// functions, or passes them to Run, which run on the UI thread, in order. They are dropped if the
/// owner has stopped the work, started newer work or been destroyed by then.
///
/// Make it a member of its owner. The destructor stops the work and does not wait.
class Task {
  public:
    /// Why a piece of work ended without a result.
    struct Problem {
        QString sentence;      ///< never empty: why it failed, or that no thread was free
        bool stopped = false;  ///< a stop had been requested
    };
    class Run;
    /// Runs on the UI thread; may be empty.
    using Then = std::function<void()>;
    /// Runs on another thread. Its captures are destroyed there, before the result is delivered.
    /// May throw anything.
    using Work = std::function<Then(const Run& run)>;
    /// Runs on the UI thread in place of the function that the work would have returned; may be
    /// empty.
    using Failed = std::function<void(const Problem& problem)>;

    /// What happens to work that was stopped or whose owner is gone.
    enum class OnStop {
        Drop,    ///< requests a stop if it is running, else does not start it
        Finish,  ///< completes it without delivering anything; for writing a user's decisions
    };

    /// `threads` is not owned and must live longer. `out_of_memory` is the message for
    /// std::bad_alloc.
    explicit Task(BackgroundThreads& threads, QString out_of_memory = {},
                  OnStop on_stop = OnStop::Drop);
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    /// Newest wins: stops all earlier work and starts once the running piece has returned.
    void start(Work work, Failed failed);
    /// Starts after all earlier work has ended.
    void add(Work work, Failed failed);
    /// Drops work that has not started. The running piece continues and is delivered, then this
    /// starts.
    void replace(Work work, Failed failed);
    /// Drops the reference on the background thread, after all earlier work: the last reference to
    /// a file closes it there. Not counted in `pending`.
    void release(std::shared_ptr<const void> reference);

    /// Delivers nothing more of the work so far.
    void stop();
    /// Requests a stop of all work so far. Its outcome is still delivered: a result that was
    /// complete already, or a problem with `stopped`.
    void request_stop();
    /// Pieces of work whose outcome has not been delivered yet.
    [[nodiscard]] std::size_t pending() const;
    [[nodiscard]] bool running() const { return pending() > 0; }

  private:
    struct Item;
    struct Shared;
    void enqueue(const std::shared_ptr<Item>& item);

    BackgroundThreads& threads_;
    QObject receiver_;  ///< receiver of deliveries, on the UI thread
    std::shared_ptr<Shared> shared_;
};

/// Passed to a piece of work to reach its task. Thread-safe; copyable.
class Task::Run {
  public:
    [[nodiscard]] std::stop_token stop_token() const;
    /// Runs `action` on the UI thread, after earlier ones.
    void post(Then action) const;
    /// Like `post`, but replaces the previous action passed to `post_latest` if that has not run
    /// yet: for progress, which must not flood the event loop.
    void post_latest(Then action) const;

  private:
    friend class Task;
    Run(std::shared_ptr<Shared> shared, std::shared_ptr<Item> item);

    std::shared_ptr<Shared> shared_;
    std::shared_ptr<Item> item_;
};

}  // namespace dfd::ui
