// Tests of recognising a lack of memory in LibTorch's errors.
#include "core/networks/hardware/memory_failure.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>
#include <torch/version.h>

#include <new>
#include <stdexcept>

namespace dfd {
namespace {

TEST(MemoryFailure, IsRecognisedByTypeOrMessage) {
    const auto failure = [](const char* what) {
        return memory_failure(c10::Error({__func__, __FILE__, 0}, what));
    };
    const auto says = [&](const char* what) { return failure(what) == MemoryFailure::Certain; };
    EXPECT_TRUE(is_out_of_memory(c10::OutOfMemoryError({__func__, __FILE__, 0}, "full")));
    EXPECT_TRUE(says("CUDA error: out of memory"));
    EXPECT_TRUE(
        says("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate "
             "memory: you tried to allocate 4 bytes."));
    EXPECT_TRUE(says("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"));
    EXPECT_TRUE(says("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"));
    EXPECT_FALSE(says("CUDA error: an illegal memory access was encountered"));
    EXPECT_FALSE(says("The size of tensor a (3) must match"));
    EXPECT_EQ(failure("CUDA error: an illegal memory access was encountered"), MemoryFailure::None);
    for (const auto* perhaps :
         {"GET was unable to find an engine to execute this computation",
          "Unable to find a valid cuDNN algorithm to run convolution",
          "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
          "cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"})
        EXPECT_EQ(failure(perhaps), MemoryFailure::Perhaps) << perhaps;
    EXPECT_EQ(memory_failure(std::make_exception_ptr(std::bad_alloc())), MemoryFailure::Certain);
    EXPECT_EQ(memory_failure(std::make_exception_ptr(std::runtime_error("out of memory"))),
              MemoryFailure::None);
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 8)
    EXPECT_TRUE(is_out_of_memory(c10::AcceleratorError({__func__, __FILE__, 0}, 2, "refused")));
    EXPECT_FALSE(is_out_of_memory(c10::AcceleratorError({__func__, __FILE__, 0}, 700, "illegal")));
#endif
}

}  // namespace
}  // namespace dfd
