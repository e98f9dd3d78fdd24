// ONNX files.
#include "core/checkpoint/onnx_file.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    const InputAsFile file(input);
    (void)read_onnx(file.path());
}

}  // namespace dfd::fuzz
