// Parallel loops with the same number of threads as LibTorch and oneDNN.
#pragma once

#include <cstdint>
#include <functional>

namespace dfd {

/// Number of threads of a loop started by the calling thread.
[[nodiscard]] int loop_threads();

/// Divides [0, count) into one range per thread and calls f(begin, end, thread) for each non-empty
/// range; `thread` is below loop_threads(). Blocks. Rethrows the first exception.
void for_each_range(std::int64_t count,
                    const std::function<void(std::int64_t, std::int64_t, int)>& f);

/// While an object exists, loops of the calling thread, and oneDNN primitives it creates or runs,
/// use `threads` threads. Other threads are not affected.
class LoopThreads {
  public:
    explicit LoopThreads(int threads);
    ~LoopThreads();
    LoopThreads(const LoopThreads&) = delete;
    LoopThreads& operator=(const LoopThreads&) = delete;

  private:
    int before_;
};

}  // namespace dfd
