// Tells a lack of memory from other failures of LibTorch, and gives unused memory back. Plain C++.
#pragma once

#include <exception>

namespace c10 {
class Error;
struct Device;
}  // namespace c10

namespace dfd {

enum class MemoryFailure {
    None,
    /// What cuBLAS and cuDNN also say when there is no memory for their handles or workspaces.
    Perhaps,
    Certain,
};

/// Whether LibTorch's error means that memory ran out, the device's or the system's.
[[nodiscard]] MemoryFailure memory_failure(const c10::Error& error);
/// Of any exception; std::bad_alloc is certain.
[[nodiscard]] MemoryFailure memory_failure(const std::exception_ptr& error);

[[nodiscard]] inline bool is_out_of_memory(const c10::Error& error) {
    return memory_failure(error) == MemoryFailure::Certain;
}

/// Gives the memory back to a GPU that LibTorch keeps for later tensors. Blocks until the GPU has
/// finished. Does nothing on the CPU and with LibTorch before 2.10.
void release_cached_memory(const c10::Device& device) noexcept;

}  // namespace dfd
