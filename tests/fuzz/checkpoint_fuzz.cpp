// Checkpoints of every container: zip, the older one, and what only looks like one.
#include "core/checkpoint/torch_checkpoint.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const InputAsFile file(input);
    for (const auto& [name, tensor] : read_state_dict(file.path()))
        require(tensor.defined());
}

}  // namespace dfd::fuzz
