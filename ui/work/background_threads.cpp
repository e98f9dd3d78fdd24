#include "ui/work/background_threads.h"

#include <QMetaObject>
#include <QObject>
#include <QtGlobal>
#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

namespace dfd::ui {

std::size_t BackgroundThreads::default_limit() {
    return std::max<std::size_t>(16, 2 * std::thread::hardware_concurrency());
}

BackgroundThreads::BackgroundThreads(std::size_t max_threads) : max_threads_(max_threads) {}

BackgroundThreads::~BackgroundThreads() {
    ending_.request_stop();
    for (Worker& worker : workers_)
        worker.thread.join();
}

bool BackgroundThreads::run(Job job) {
    const std::lock_guard lock(mutex_);
    workers_.remove_if([](const Worker& worker) { return worker.ended; });
    if (workers_.size() < max_threads_) {
        Worker& worker = workers_.emplace_back();
        try {
            worker.thread = std::jthread([this, &worker] { work(worker); });
        } catch (const std::system_error&) {
            workers_.pop_back();
        }
    }
    if (workers_.empty())
        return false;
    waiting_.push_back(std::move(job));  // Busy workers look here before they end.
    return true;
}

void BackgroundThreads::work(Worker& self) {
    std::unique_lock lock(mutex_);
    while (!waiting_.empty()) {
        Job job = std::move(waiting_.front());
        waiting_.pop_front();
        ++busy_;
        lock.unlock();
        try {
            job(ending_.get_token());
        } catch (const std::exception& error) {
            qCritical("A background job failed unexpectedly: %s", error.what());
        } catch (...) {
            qCritical("A background job failed unexpectedly.");
        }
        job = nullptr;  // Destroy the captures before the destructor can return.
        lock.lock();
        --busy_;
    }
    self.ended = true;
}

std::size_t BackgroundThreads::running() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size() + busy_;
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
