// A trunk compiled for one picture size: a list of operations over a workspace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/networks/executor/convolution.h"
#include "core/networks/executor/trunk_executor.h"

namespace dfd {

struct Operation {
    std::string name;
    std::string kernel;  ///< what computes it
    double flops = 0;
    std::function<void(const Workspace&)> run;
};

/// Built step by step: each reads `current` and leaves `current` and the sizes for the next.
struct Program {
    std::vector<Operation> operations;
    SlotSizes bytes{};  ///< what its buffers need
    Slot current = Slot::Input;
    Slot first = Slot::A, second = Slot::B;            ///< free for a step's own use
    Slot third = Slot::C;                              ///< free until the input has been read
    std::int64_t channels = 3, height = 0, width = 0;  ///< of `current`

    [[nodiscard]] std::int64_t places() const { return height * width; }
    void need(Slot slot, std::size_t size);
    /// What `first` holds is the next step's input.
    void keep_first();
    /// Appends a convolution and takes over its target's sizes.
    void add(const std::string& name, CompiledConvolution convolution);
    void add(const std::string& name, std::function<void(const Workspace&)> run);
};

/// Packed weights of one step of a plan, able to compile itself for a size.
class PackedStep {
  public:
    virtual ~PackedStep() = default;
    virtual void compile(Program& program) = 0;
    [[nodiscard]] virtual std::int64_t bytes() const = 0;
};

/// Throws std::invalid_argument where a plan is beyond the executor.
[[nodiscard]] std::unique_ptr<PackedStep> pack_step(const TrunkStep& step, bool bfloat16);

}  // namespace dfd
