// Compiled with OpenMP, unlike the sources that share LibTorch's precompiled header.
#include "core/networks/hardware/parallel.h"

#include <omp.h>

#include <exception>
#include <mutex>

namespace dfd {

int loop_threads() {
    return omp_get_max_threads();
}

void for_each_range(std::int64_t count,
                    const std::function<void(std::int64_t, std::int64_t, int)>& f) {
    std::exception_ptr failure;
    std::mutex failure_mutex;
#pragma omp parallel num_threads(omp_get_max_threads())
    {
        const int thread = omp_get_thread_num(), threads = omp_get_num_threads();
        const auto begin = count * thread / threads, end = count * (thread + 1) / threads;
        try {
            if (begin < end)
                f(begin, end, thread);
        } catch (...) {
            const std::lock_guard lock(failure_mutex);
            if (!failure)
                failure = std::current_exception();
        }
    }
    if (failure)
        std::rethrow_exception(failure);
}

LoopThreads::LoopThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
}

LoopThreads::~LoopThreads() {
    omp_set_num_threads(before_);
}

}  // namespace dfd
