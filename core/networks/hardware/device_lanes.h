// Runs several computations on one device at once, each on its own thread and GPU stream.
#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>

namespace dfd {

/// What a new lane computes first, alone.
using LaneWarmUp = std::function<void(const torch::Device& device)>;

/// A matrix product and its gradient: cuBLAS makes its handles and workspaces, one for the lane and
/// one for LibTorch's thread of gradients with the lane's stream.
void warm_up_lane(const torch::Device& device);

/// Small kernels keep a GPU busy only when several threads queue them into separate streams.
/// LibTorch keeps memory and library handles per thread and stream, so threads and streams are made
/// once per device, shared by all objects, and live as long as the process. Lanes are warmed up one
/// after the other, because libraries fill tables of the whole process then.
class DeviceLanes {
  public:
    /// Blocks while lanes that no earlier object needed are made, each of which calls `warm_up`
    /// once. Throws what `warm_up` throws; the next object tries again.
    DeviceLanes(torch::Device device, std::size_t lanes, const LaneWarmUp& warm_up = warm_up_lane);
    DeviceLanes(const DeviceLanes&) = delete;
    DeviceLanes& operator=(const DeviceLanes&) = delete;

    /// Calls work(0) … work(lanes - 1), each on its own lane, after the work that the calling
    /// thread has queued. Blocks until all have returned and their streams are idle, even after
    /// exceptions; then throws the exception of the lowest lane that failed, or that of the lowest
    /// lane that certainly ran out of memory. Gradients are disabled in `work`. It must not leave
    /// tensors on a GPU for use elsewhere: their memory belongs to the lane's stream. Callers on
    /// the same device take turns. `work` must not use lanes itself.
    void run(const std::function<void(std::size_t lane)>& work);

    /// The same with one lane after the other, for work that does not fit into memory at once. The
    /// first exception ends it.
    void run_in_turn(const std::function<void(std::size_t lane)>& work);

  private:
    class Pool;
    Pool& pool_;  // lives as long as the process
    std::size_t lanes_;
};

}  // namespace dfd
