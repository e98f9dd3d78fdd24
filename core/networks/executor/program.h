// A trunk compiled for one picture size: a list of operations on a workspace.
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
    std::string kernel;  ///< name of the implementation
    double flops = 0;
    std::function<void(const Workspace&)> run;
};

/// Built step by step: each step reads `current`, then updates `current` and the sizes for the
/// next.
struct Program {
    std::vector<Operation> operations;
    SlotSizes bytes{};  ///< required buffer sizes
    Slot current = Slot::Input;
    Slot first = Slot::A, second = Slot::B;  ///< free for use by a step
    Slot third = Slot::C;  ///< free until the input has been read, then used as `first`
    std::int64_t channels = 3, height = 0, width = 0;  ///< of `current`

    [[nodiscard]] std::int64_t places() const { return height * width; }
    void require(Slot slot, std::size_t size);
    /// Makes `first` the next step's input.
    void advance();
    /// Appends a convolution and updates the sizes to those of its target.
    void add(const std::string& name, CompiledConvolution convolution);
    void add(const std::string& name, std::function<void(const Workspace&)> run);
};

/// How an executor computes: in bfloat16 or float32, and with the AVX-512 kernels or without.
struct Arithmetic {
    bool bfloat16 = false, wide = false;
};

/// The packed weights of one plan step, which can be compiled for a picture size.
class PackedStep {
  public:
    virtual ~PackedStep() = default;
    virtual void compile(Program& program) = 0;
    [[nodiscard]] virtual std::int64_t bytes() const = 0;
};

/// Throws std::invalid_argument when the executor does not support the step.
[[nodiscard]] std::unique_ptr<PackedStep> pack_step(const TrunkStep& step,
                                                    const Arithmetic& arithmetic);

}  // namespace dfd
