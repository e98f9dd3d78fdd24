// Loops on as many threads as LibTorch and oneDNN use.
#pragma once

#include <cstdint>
#include <functional>

namespace dfd {

/// Threads of a loop started by the calling thread.
[[nodiscard]] int loop_threads();

/// Divides [0, count) into one range a thread and calls f(begin, end, thread) for each that is not
/// empty; `thread` is below loop_threads(). Blocks; the first exception is thrown again.
void for_each_range(std::int64_t count,
                    const std::function<void(std::int64_t, std::int64_t, int)>& f);

/// For as long as it lives, the calling thread's loops, and oneDNN's primitives that it makes or
/// runs, have so many threads. Other threads keep theirs.
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
