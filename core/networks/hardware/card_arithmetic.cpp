#include "core/networks/hardware/card_arithmetic.h"

#include <ATen/Context.h>
#include <torch/version.h>

namespace dfd {

void use_card_arithmetic(CardArithmetic arithmetic) {
    const bool exact = arithmetic == CardArithmetic::Exact;
    auto& context = at::globalContext();
    context.setAllowTF32CuBLAS(false);
    context.setAllowTF32CuDNN(!exact);
    context.setDeterministicCuDNN(exact);
    // Benchmarking could select different algorithms in different runs.
    context.setBenchmarkCuDNN(false);
    context.setAllowFP16ReductionCuBLAS(!exact);
#if TORCH_VERSION_MAJOR >= 2
    context.setAllowBF16ReductionCuBLAS(!exact);
#endif
}

}  // namespace dfd
