// Small constants on GPUs, copied once.
#pragma once

#include <torch/types.h>

namespace dfd {

/// The constant on `device`: itself on the CPU, else a copy that is made once and kept for the
/// process. Copying from pageable memory waits for the stream, which is longer than a small kernel.
/// `constant` must be on the CPU, live as long as the process and never change. Thread-safe.
[[nodiscard]] torch::Tensor constant_on(const torch::Tensor& constant, const torch::Device& device);

}  // namespace dfd
