// Work on another thread for somebody on the UI thread.
#pragma once

#include <QObject>
#include <QString>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>

#include "ui/work/background_threads.h"

namespace dfd::ui {

/// Runs pieces of work one after another on a background thread and brings back what came of them.
/// Everything here is called on the UI thread, returns at once and delivers nothing before it has
/// returned. Work runs on another thread, where whoever asked must not be touched: that is what the
/// functions are for that work tells or returns. They run on the UI thread, in order, unless the
/// asker has stopped the work, asked for something newer or is gone by then.
///
/// A member of its asker. The destructor stops and does not wait.
class Task {
  public:
    /// Why a piece of work ended without a result.
    struct Problem {
        QString sentence;      ///< never empty: what it threw, or that no thread could be had
        bool stopped = false;  ///< it had been asked to end
    };
    class Run;
    /// What is left to do on the UI thread; may be empty.
    using Then = std::function<void()>;
    /// On another thread; what it captured is destroyed there, before its end is delivered. May
    /// throw anything.
    using Work = std::function<Then(const Run& run)>;
    /// On the UI thread, instead of what work would have returned; may be empty.
    using Failed = std::function<void(const Problem& problem)>;

    /// What becomes of work whose asker stopped it or is gone.
    enum class Unwanted {
        Drop,    ///< asked to stop if it has begun, else not begun
        Finish,  ///< done all the same, and told to nobody: writing what somebody decided
    };

    /// `threads` is not owned and must live longer. `out_of_memory` is the sentence for
    /// std::bad_alloc.
    explicit Task(BackgroundThreads& threads, QString out_of_memory = {},
                  Unwanted unwanted = Unwanted::Drop);
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    /// The newest wins: stops everything before, and begins when what runs has returned.
    void start(Work work, Failed failed);
    /// Begins when everything before has ended.
    void add(Work work, Failed failed);
    /// Drops what has not begun; what runs goes on and is delivered, then this one runs.
    void replace(Work work, Failed failed);
    /// Gives up the reference on the thread, behind everything before: where the last one to hold a
    /// file closes it. Not counted in `pending`.
    void release(std::shared_ptr<const void> reference);

    /// Nothing more is delivered of anything so far.
    void stop();
    /// Asks everything so far to end. What comes of it is still delivered: a result that was there
    /// already, or a problem that says `stopped`.
    void ask_to_end();
    /// Pieces of work whose end was not delivered yet; a piece is off when its end is delivered.
    [[nodiscard]] std::size_t pending() const;
    [[nodiscard]] bool running() const { return pending() > 0; }

  private:
    struct Piece;
    struct Shared;
    void enqueue(const std::shared_ptr<Piece>& piece);

    BackgroundThreads& threads_;
    QObject receiver_;  ///< of what is delivered, on the UI thread
    std::shared_ptr<Shared> shared_;
};

/// What a piece of work has of its task. Any thread; may be copied.
class Task::Run {
  public:
    [[nodiscard]] std::stop_token stop() const;
    /// Runs `action` on the UI thread, behind what was told before.
    void tell(Then action) const;
    /// Likewise, in place of the one told so before if that has not run yet: for progress, which
    /// must not fill the event loop.
    void tell_newest(Then action) const;

  private:
    friend class Task;
    Run(std::shared_ptr<Shared> shared, std::shared_ptr<Piece> piece);

    std::shared_ptr<Shared> shared_;
    std::shared_ptr<Piece> piece_;
};

}  // namespace dfd::ui
