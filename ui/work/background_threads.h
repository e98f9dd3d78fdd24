// Work that must not run on the UI thread, and whose end the window must not wait for.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

class QObject;

namespace dfd::ui {

/// Threads that outlive the window. Whoever owns `main` owns this; its destructor asks every job to
/// stop and waits, so the process ends cleanly while the window is long gone.
class BackgroundThreads {
  public:
    using Job = std::function<void(std::stop_token)>;

    BackgroundThreads() = default;
    ~BackgroundThreads();
    BackgroundThreads(const BackgroundThreads&) = delete;
    BackgroundThreads& operator=(const BackgroundThreads&) = delete;

    /// Starts `job` on a thread of its own and returns at once. The result stops that job alone.
    /// A job handles its own exceptions; one that escapes is logged and dropped.
    std::stop_source run(Job job);
    /// Jobs that have not returned yet.
    [[nodiscard]] std::size_t running() const;

  private:
    struct Worker;
    mutable std::mutex mutex_;
    std::list<std::shared_ptr<Worker>> workers_;
};

/// Lets other threads run code on the thread of a QObject that may be destroyed meanwhile.
/// The QObject owns one through a shared pointer and calls `close` in its destructor.
class Postbox {
  public:
    explicit Postbox(QObject* receiver) : receiver_(receiver) {}
    /// Queues `action` into the receiver's event loop; dropped once closed. Thread-safe.
    void post(std::function<void()> action);
    void close();

  private:
    std::mutex mutex_;
    QObject* receiver_;
};

}  // namespace dfd::ui
