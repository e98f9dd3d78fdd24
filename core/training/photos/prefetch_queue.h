// Runs numbered jobs ahead on other threads and returns their results in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/base/cancelled.h"

namespace dfd {

/// Threads make items first, first + 1, ... (below `end`), at most `ahead` beyond the last one
/// taken, so memory is bounded. The results depend only on `make`, not on the threads. The
/// destructor waits only for the items in progress.
template <class Item>
class PrefetchQueue {
  public:
    /// `make` is called from several threads at once; what it captures must outlive the queue.
    PrefetchQueue(std::uint64_t first, std::uint64_t end, int threads, std::uint64_t ahead,
                  std::function<Item(std::uint64_t)> make)
        : make_(std::move(make)), end_(end), ahead_(ahead), claimed_(first), taken_(first) {
        for (int i = 0; i < threads; ++i)
            threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
    ~PrefetchQueue() {
        for (auto& thread : threads_)
            thread.request_stop();
    }
    PrefetchQueue(const PrefetchQueue&) = delete;
    PrefetchQueue& operator=(const PrefetchQueue&) = delete;

    /// The next item in order; at most end - first calls. Blocks. Rethrows what making the item
    /// threw; throws Cancelled when stopped, even if the item is ready.
    [[nodiscard]] Item next(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return made_.contains(taken_); }) ||
            stop.stop_requested())
            throw Cancelled();
        auto node = made_.extract(taken_);
        ++taken_;
        lock.unlock();
        changed_.notify_all();
        if (node.mapped().failure)
            std::rethrow_exception(node.mapped().failure);
        return std::move(*node.mapped().item);
    }

  private:
    struct Made {
        std::optional<Item> item;
        std::exception_ptr failure;
    };

    void work(const std::stop_token& stop) {
        for (;;) {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop,
                               [&] { return claimed_ == end_ || claimed_ < taken_ + ahead_; }) ||
                stop.stop_requested() || claimed_ == end_)
                return;
            const auto number = claimed_++;
            lock.unlock();
            Made made;
            try {
                made.item.emplace(make_(number));
            } catch (...) {
                made.failure = std::current_exception();
            }
            lock.lock();
            made_.emplace(number, std::move(made));
            lock.unlock();
            changed_.notify_all();
        }
    }

    std::function<Item(std::uint64_t)> make_;
    std::uint64_t end_;
    std::uint64_t ahead_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t claimed_;
    std::uint64_t taken_;
    std::map<std::uint64_t, Made> made_;
    std::vector<std::jthread> threads_;  ///< last: they use everything above
};

}  // namespace dfd
