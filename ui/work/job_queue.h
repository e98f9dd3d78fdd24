// Jobs of one kind, one after another, off the UI thread.
#pragma once

#include <functional>
#include <memory>

#include "ui/work/background_threads.h"

namespace dfd::ui {

/// Starts a thread when there is something to do and none when there is not. Never blocks.
class JobQueue {
  public:
    enum class AtEnd {
        Drop,    ///< what still waits is forgotten
        Finish,  ///< what still waits is done all the same: writing what somebody decided
    };

    /// `threads` is not owned and must live longer.
    JobQueue(BackgroundThreads& threads, AtEnd at_end);
    ~JobQueue();
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    /// A job handles its own exceptions.
    void add(std::function<void()> job);
    /// Forgets what waits; this one is next.
    void replace(std::function<void()> job);
    void clear();

  private:
    struct Desk;
    void start();

    BackgroundThreads& threads_;
    std::shared_ptr<Desk> desk_;
};

}  // namespace dfd::ui
