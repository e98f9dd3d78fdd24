// Runs a trunk for inference, faster than its modules. Depends on torch, not on oneDNN.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// Memory for data passed between layers. May be shared by executors that never run at the same
/// time, such as a worker's experts. Grows to the largest size needed and never shrinks.
class Workspace;
[[nodiscard]] std::shared_ptr<Workspace> make_workspace();

/// Time spent in one operation of the trunk, summed over all runs since profiling was enabled.
struct OperationTime {
    std::string name;    ///< step and operation, for example "blocks.1.0 depthwise"
    std::string kernel;  ///< name of the implementation, as its library reports it
    double flops = 0;    ///< per run
    double seconds = 0;
    std::int64_t runs = 0;
};

/// A compiled trunk: BatchNorm is folded into the convolutions, weights are packed once for the
/// CPU, activations and residuals are fused, and data is channels-last throughout. Results match
/// the modules up to float32 rounding. The pictures of a batch are computed one after the other, so
/// that no result depends on its neighbours. Not thread-safe; may be called from any thread.
/// Executors with separate workspaces can run concurrently. Blocks; uses the calling thread's
/// number of LibTorch threads.
class TrunkExecutor {
  public:
    virtual ~TrunkExecutor() = default;
    /// [N,3,H,W] float32 on the CPU -> [N,C,h,w] float32, channels-last in memory. No gradients.
    /// The first run of a size compiles it, which takes tens of milliseconds. The most recent few
    /// sizes are cached.
    [[nodiscard]] virtual torch::Tensor run(const torch::Tensor& input) = 0;
    /// Compiles a size ahead of its first picture.
    virtual void prepare(std::int64_t height, std::int64_t width) = 0;
    /// Replaces the workspace.
    virtual void use(std::shared_ptr<Workspace> workspace) = 0;
    /// Enables timing of every operation, which adds a small overhead.
    virtual void profile() = 0;
    /// Times of the most recently used size, in execution order. Empty before `profile`.
    [[nodiscard]] virtual std::vector<OperationTime> times() const = 0;
    /// Bytes of packed weights, once a size has been compiled.
    [[nodiscard]] virtual std::int64_t weight_bytes() const = 0;
};

/// For example "oneDNN 2.6.3", or "none" in a build without it.
[[nodiscard]] std::string trunk_executor_name();

/// Whether this CPU has bfloat16 multiply instructions.
[[nodiscard]] bool bfloat16_is_native();

/// Which kernels an executor uses: the best for this CPU, or those for any CPU (to test them).
enum class Kernels { Best, Portable };

/// Packs the plan's weights as float32, or with `bfloat16` as bfloat16 (activations too; sums stay
/// float32). The plan's tensors are needed until the first size has been prepared or run, then they
/// may be freed (release_tensors). nullptr when the plan is empty or not on the CPU, and in a build
/// without oneDNN. Throws std::invalid_argument when a step is not supported.
[[nodiscard]] std::unique_ptr<TrunkExecutor> make_trunk_executor(const TrunkPlan& plan,
                                                                 bool bfloat16,
                                                                 Kernels kernels = Kernels::Best);

}  // namespace dfd
