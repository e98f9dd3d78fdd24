// Several computations on one device at once: a thread and, on a card, a stream each.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace dfd {

/// A card is kept busy by many small kernels only if several threads queue them, each into a stream
/// of its own. Threads and streams stay for the object's life, because LibTorch keeps memory and
/// its libraries' handles apart for each.
class DeviceLanes {
  public:
    DeviceLanes(torch::Device device, std::size_t lanes);
    ~DeviceLanes();
    DeviceLanes(const DeviceLanes&) = delete;
    DeviceLanes& operator=(const DeviceLanes&) = delete;

    /// Calls work(0) … work(lanes - 1), each in its lane, after what the calling thread has queued.
    /// Blocks until all have returned and their streams are empty, whatever they threw; then throws
    /// the first lane's exception. `work` has no gradients, and finishes with its tensors: what it
    /// leaves on a card belongs to the lane's stream. One caller at a time.
    void run(const std::function<void(std::size_t lane)>& work);

  private:
    struct Lanes;
    std::unique_ptr<Lanes> lanes_;
};

}  // namespace dfd
