// Manifests of other people's experts, and, after the letter O, their ONNX models.
#include "core/panel/foreign/manifest.h"
#include "core/panel/foreign/onnx_limits.h"
#include "tests/fuzz/fuzz_input.h"

namespace dfd::fuzz {

void run_one(std::span<const std::uint8_t> input) {
    if (!input.empty() && input.front() == 'O') {
        const InputAsFile file(input.subspan(1));
        const auto found = check_onnx(file.path());
        require(!found.inputs.empty() && !found.outputs.empty());
        return;
    }
    const auto manifest = parse_foreign_manifest(as_view(input), "manifest.json");
    require(manifest.canaries.size() >= kFewestCanaries);
    for (const auto& each : manifest.files())
        require(stays_inside(each.file));
    (void)with_model_name(as_view(input), "model.onnx");
}

}  // namespace dfd::fuzz
