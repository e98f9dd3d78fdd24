// Runs a trunk by LibTorch's operators on any device: what graphics cards score with.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// A trunk with BatchNorm folded into its convolutions, channels innermost throughout, dense 1x1
/// convolutions as products of matrices, activations and sums in place. Scores as the modules do,
/// within the type's rounding; the pictures of a batch are computed at once.
class FoldedTrunk {
  public:
    /// Copies the plan's weights to `device` as `type` (float32, bfloat16 or float16); the plan's
    /// tensors may go afterwards. Throws c10::Error where the device has no room.
    FoldedTrunk(const TrunkPlan& plan, torch::Device device, torch::ScalarType type);
    ~FoldedTrunk();
    FoldedTrunk(FoldedTrunk&&) noexcept;
    FoldedTrunk& operator=(FoldedTrunk&&) noexcept;

    /// [N,3,H,W] of any floating type -> [N,C,h,w] float32 on the device. No gradients. On a card
    /// this only queues the work, on the calling thread's current stream. Thread-safe.
    [[nodiscard]] torch::Tensor run(const torch::Tensor& input) const;
    [[nodiscard]] std::int64_t weight_bytes() const;

  private:
    struct Steps;
    std::unique_ptr<const Steps> steps_;
};

}  // namespace dfd
