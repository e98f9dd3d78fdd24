#include "ui/work/background_threads.h"

#include <QMetaObject>
#include <QObject>
#include <QtGlobal>
#include <atomic>
#include <exception>
#include <memory>
#include <utility>

namespace dfd::ui {

struct BackgroundThreads::Worker {
    std::atomic<bool> finished = false;
    std::jthread thread;
};

BackgroundThreads::~BackgroundThreads() {
    std::list<std::shared_ptr<Worker>> workers;
    {
        const std::lock_guard lock(mutex_);
        workers.swap(workers_);
    }
    for (const auto& worker : workers)
        worker->thread.request_stop();
    for (const auto& worker : workers)
        if (worker->thread.joinable())
            worker->thread.join();
}

std::stop_source BackgroundThreads::run(Job job) {
    auto worker = std::make_shared<Worker>();
    // The thread sees the flag, not the worker: a worker that owned itself would join itself.
    Worker* const raw = worker.get();
    const std::lock_guard lock(mutex_);
    workers_.remove_if([](const auto& old) { return old->finished.load(); });
    worker->thread = std::jthread([raw, job = std::move(job)](const std::stop_token& stop) mutable {
        try {
            job(stop);
        } catch (const std::exception& error) {
            qCritical("A background job failed unexpectedly: %s", error.what());
        } catch (...) {
            qCritical("A background job failed unexpectedly.");
        }
        job = nullptr;  // What it captured ends here, before the owner may go on.
        raw->finished = true;
    });
    std::stop_source source = worker->thread.get_stop_source();
    workers_.push_back(std::move(worker));
    return source;
}

std::size_t BackgroundThreads::running() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& worker : workers_)
        count += worker->finished.load() ? 0 : 1;
    return count;
}

void Postbox::post(std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    if (receiver_ != nullptr)
        QMetaObject::invokeMethod(receiver_, std::move(action), Qt::QueuedConnection);
}

void Postbox::close() {
    const std::lock_guard lock(mutex_);
    receiver_ = nullptr;
}

}  // namespace dfd::ui
