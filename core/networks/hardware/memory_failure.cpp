#include "core/networks/hardware/memory_failure.h"

#include <c10/core/Device.h>
#include <c10/util/Exception.h>
#include <torch/version.h>

#include <algorithm>
#include <initializer_list>
#include <new>
#include <string>

#define DFD_TORCH_SINCE(major, minor) \
    (TORCH_VERSION_MAJOR > (major) || \
     (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

#if DFD_TORCH_SINCE(2, 10)
#include <c10/core/CachingDeviceAllocator.h>
#endif

namespace dfd {
namespace {

bool says(const std::string& what, std::initializer_list<const char*> signs) {
    return std::ranges::any_of(
        signs, [&](const char* sign) { return what.find(sign) != std::string::npos; });
}

}  // namespace

MemoryFailure memory_failure(const c10::Error& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr)
        return MemoryFailure::Certain;
#if DFD_TORCH_SINCE(2, 8)
    constexpr int kCudaMemoryAllocation = 2;  // cudaErrorMemoryAllocation
    if (const auto* failed = dynamic_cast<const c10::AcceleratorError*>(&error);
        failed != nullptr && failed->get_error_code() == kCudaMemoryAllocation)
        return MemoryFailure::Certain;
#endif
    const std::string what = error.what_without_backtrace();
    // Messages of CUDA's allocator and driver, the CPU's allocator, and the libraries' status
    // names.
    if (says(what, {"out of memory", "can't allocate memory", "STATUS_ALLOC_FAILED",
                    "DEVICE_ALLOCATION_FAILED"}))
        return MemoryFailure::Certain;
    // A convolution none of whose algorithms gets its workspace ends with the first; the libraries
    // make their handles without LibTorch's allocator, which may hold all memory.
    if (says(what, {"unable to find an engine", "Unable to find a valid cuDNN algorithm",
                    "CUBLAS_STATUS_NOT_INITIALIZED", "CUDNN_STATUS_NOT_INITIALIZED",
                    "CUDNN_STATUS_INTERNAL_ERROR"}))
        return MemoryFailure::Perhaps;
    return MemoryFailure::None;
}

MemoryFailure memory_failure(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const c10::Error& failure) {
        return memory_failure(failure);
    } catch (const std::bad_alloc&) {
        return MemoryFailure::Certain;
    } catch (...) {
        return MemoryFailure::None;
    }
}

void release_cached_memory(const c10::Device& device) noexcept {
#if DFD_TORCH_SINCE(2, 10)
    if (device.is_cpu())
        return;
    try {
        c10::getDeviceAllocator(device.type())->emptyCache();
    } catch (...) {  // a GPU that has failed; its memory ends with the process
    }
#else
    static_cast<void>(device);
#endif
}

}  // namespace dfd
