// Runs several computations on one device at once, each on its own thread and GPU stream.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace dfd {

/// Small kernels keep a GPU busy only when several threads queue them into separate streams.
/// Threads and streams live as long as the object, because LibTorch keeps memory and library
/// handles per thread and stream.
class DeviceLanes {
  public:
    DeviceLanes(torch::Device device, std::size_t lanes);
    ~DeviceLanes();
    DeviceLanes(const DeviceLanes&) = delete;
    DeviceLanes& operator=(const DeviceLanes&) = delete;

    /// Calls work(0) … work(lanes - 1), each on its own lane, after the work that the calling
    /// thread has queued. Blocks until all have returned and their streams are idle, even after
    /// exceptions; then throws the exception of the lowest lane that failed. Gradients are disabled
    /// in `work`. It must not leave tensors on a GPU for use elsewhere: their memory belongs to the
    /// lane's stream. One caller at a time.
    void run(const std::function<void(std::size_t lane)>& work);

  private:
    struct Lanes;
    std::unique_ptr<Lanes> lanes_;
};

}  // namespace dfd
