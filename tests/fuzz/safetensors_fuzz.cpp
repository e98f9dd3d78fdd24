// The container of panels' weights.
#include "core/panel/safetensors.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const InputAsFile file(input);
    for (const auto& [name, tensor] : read_safetensors(file.path()).tensors)
        require(tensor.defined() && tensor.nbytes() <= input.size());
}

}  // namespace dfd::fuzz
