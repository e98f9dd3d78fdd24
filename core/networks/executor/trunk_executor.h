// Runs a trunk for inference, faster than the modules that define it. Sees torch, not oneDNN.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// Memory for what passes between layers, shared by executors that never run at once (of a panel's
/// experts those of one worker). Grows to what the largest needs and stays.
class Workspace;
[[nodiscard]] std::shared_ptr<Workspace> make_workspace();

/// Time spent in one operation of the trunk, summed over all runs since profiling began.
struct OperationTime {
    std::string name;    ///< step and operation: "blocks.1.0 depthwise"
    std::string kernel;  ///< what computes it, in its library's words
    double flops = 0;    ///< of one run
    double seconds = 0;
    std::int64_t runs = 0;
};

/// A compiled trunk: BatchNorm folded into the convolutions, weights packed once for the processor,
/// activations and residuals fused, channels innermost throughout. Scores as the modules do, within
/// float32's rounding. One picture is computed after the other, whatever the batch, so that no
/// result depends on its neighbours. One caller at a time, from any thread; executors with
/// workspaces of their own run at once. Blocks; uses as many threads as LibTorch does on the
/// calling thread.
class TrunkExecutor {
  public:
    virtual ~TrunkExecutor() = default;
    /// [N,3,H,W] float32 on the CPU -> [N,C,h,w] float32, channels innermost in memory. No
    /// gradients. The first run of a size prepares it, which takes tens of milliseconds; the last
    /// few sizes are kept.
    [[nodiscard]] virtual torch::Tensor run(const torch::Tensor& input) = 0;
    /// Prepares a size before its first picture.
    virtual void prepare(std::int64_t height, std::int64_t width) = 0;
    /// Computes in another workspace from now on.
    virtual void use(std::shared_ptr<Workspace> workspace) = 0;
    /// From now on every operation is timed, which costs a little itself.
    virtual void profile() = 0;
    /// In the order of the computation; empty before `profile`. Of the size that ran last.
    [[nodiscard]] virtual std::vector<OperationTime> times() const = 0;
    /// Bytes of packed weights, once a size has been prepared.
    [[nodiscard]] virtual std::int64_t weight_bytes() const = 0;
};

/// "oneDNN 2.6.3" or, in a build without it, "none".
[[nodiscard]] std::string trunk_executor_name();

/// Whether this processor multiplies bfloat16 numbers by itself.
[[nodiscard]] bool bfloat16_is_native();

/// Copies the plan's weights into the executor's own layout, as float32 or (`bfloat16`) with
/// weights and activations as bfloat16 and sums as float32. The plan's tensors are read, and may go
/// (release_tensors), once a first size has been prepared or run. nullptr where the plan is
/// empty or not on the CPU, and in a build without oneDNN.
[[nodiscard]] std::unique_ptr<TrunkExecutor> make_trunk_executor(
    const TrunkPlan& plan, bool bfloat16, std::shared_ptr<Workspace> workspace = nullptr);

}  // namespace dfd
