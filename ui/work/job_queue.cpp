#include "ui/work/job_queue.h"

#include <deque>
#include <mutex>
#include <utility>

namespace dfd::ui {

struct JobQueue::Desk {
    AtEnd at_end = AtEnd::Drop;
    std::mutex mutex;
    std::deque<std::function<void()>> waiting;
    bool working = false;
};

JobQueue::JobQueue(BackgroundThreads& threads, AtEnd at_end)
    : threads_(threads), desk_(std::make_shared<Desk>()) {
    desk_->at_end = at_end;
}

JobQueue::~JobQueue() {
    if (desk_->at_end == AtEnd::Drop)
        clear();
}

void JobQueue::clear() {
    std::deque<std::function<void()>> dropped;  // What they captured ends outside of the lock.
    const std::lock_guard lock(desk_->mutex);
    dropped.swap(desk_->waiting);
}

void JobQueue::add(std::function<void()> job) {
    {
        const std::lock_guard lock(desk_->mutex);
        desk_->waiting.push_back(std::move(job));
        if (desk_->working)
            return;
        desk_->working = true;
    }
    start();
}

void JobQueue::replace(std::function<void()> job) {
    clear();
    add(std::move(job));
}

void JobQueue::start() {
    threads_.run([desk = desk_](const std::stop_token& stop) {
        while (true) {
            std::function<void()> job;
            {
                const std::lock_guard lock(desk->mutex);
                const bool enough = stop.stop_requested() && desk->at_end == AtEnd::Drop;
                if (desk->waiting.empty() || enough) {
                    desk->working = false;
                    return;
                }
                job = std::move(desk->waiting.front());
                desk->waiting.pop_front();
            }
            job();
        }
    });
}

}  // namespace dfd::ui
