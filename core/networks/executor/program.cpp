#include "core/networks/executor/program.h"

#include <algorithm>

namespace dfd {

void Program::require(Slot slot, std::size_t size) {
    auto& bytes_of_slot = bytes[static_cast<std::size_t>(slot)];
    bytes_of_slot = std::max(bytes_of_slot, size);
}

void Program::advance() {
    const auto read = std::exchange(current, first);
    first = read == Slot::Input ? third : read;
}

void Program::add(const std::string& name, CompiledConvolution convolution) {
    require(convolution.from, convolution.source_bytes);
    require(convolution.to, convolution.target_bytes);
    require(Slot::Scratch, convolution.scratch_bytes);
    channels = convolution.shape.out;
    height = convolution.shape.out_height;
    width = convolution.shape.out_width;
    Operation operation{name, convolution.kernel, convolution.shape.flops, {}};
    operation.run = [convolution = std::move(convolution)](const Workspace& workspace) {
        convolution.run(workspace);
    };
    operations.push_back(std::move(operation));
}

void Program::add(const std::string& name, std::function<void(const Workspace&)> run) {
    operations.push_back({name, "own", 0, std::move(run)});
}

}  // namespace dfd
