// Runs numbered pieces of work on several threads. Plain C++.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/base/cancelled.h"

namespace dfd {

/// Calls `work(i)` once for each index below `count`, on `threads` threads (0: one per processor),
/// of which the caller's is one, and `finished(n)` after each, n the number so far; both are called
/// from several threads at once. Blocks. The first failure stops the others and is rethrown; throws
/// Cancelled, between two indices, when stopped.
template <class Work, class Finished>
void in_parallel(std::size_t count, int threads, const std::stop_token& stop, const Work& work,
                 const Finished& finished) {
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> done{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto worker = [&] {
        try {
            for (std::size_t i = next++; i < count && !failed; i = next++) {
                check_stop(stop);
                work(i);
                finished(++done);
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failed.exchange(true))
                failure = std::current_exception();
        }
    };
    {
        const auto wanted = threads > 0 ? static_cast<unsigned>(threads)
                                        : std::max(1u, std::thread::hardware_concurrency());
        std::vector<std::jthread> workers;
        for (unsigned i = 1; i < wanted; ++i)
            workers.emplace_back(worker);
        worker();
    }
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace dfd
