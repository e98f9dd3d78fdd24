// Runs a trunk with LibTorch's operators on any device; GPUs score with it.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// A trunk with BatchNorm folded into the convolutions, channels-last layout, dense 1x1
/// convolutions as matrix products, and activations and sums in place. Results match the modules up
/// to rounding of the type. The pictures of a batch are computed together.
class FoldedTrunk {
  public:
    /// Copies the plan's weights to `device` as `type` (float32, bfloat16 or float16). The plan's
    /// tensors may be freed afterwards. Throws c10::Error when the device is out of memory.
    FoldedTrunk(const TrunkPlan& plan, torch::Device device, torch::ScalarType type);
    ~FoldedTrunk();
    FoldedTrunk(FoldedTrunk&&) noexcept;
    FoldedTrunk& operator=(FoldedTrunk&&) noexcept;

    /// [N,3,H,W] of any floating type -> [N,C,h,w] float32 on the device. No gradients. On a GPU
    /// this only queues the work on the calling thread's current stream. Thread-safe.
    [[nodiscard]] torch::Tensor run(const torch::Tensor& input) const;
    [[nodiscard]] std::int64_t weight_bytes() const;

  private:
    struct Steps;
    std::unique_ptr<const Steps> steps_;
};

}  // namespace dfd
