// Device choice for code that sees torch: callers include <torch/types.h> themselves.
#pragma once

#include <string>

#include "core/engine/devices/devices.h"

namespace c10 {
struct Device;
class Error;
}  // namespace c10

namespace dfd {

/// "auto" is the first CUDA device, else the CPU. Fills `info`. Throws DeviceError.
[[nodiscard]] c10::Device choose_device(const std::string& wanted, DeviceInfo& info);

/// LibTorch's own default is one thread a physical core, which leaves half of a small machine idle
/// (two virtual processors often share one core). This raises it to the processors this process
/// may use, up to four; larger machines and OMP_NUM_THREADS keep theirs. Thread counts are
/// per thread: call it from the one that computes. Not while anything computes.
void use_all_processors();

/// Tensors of ever other sizes (pictures at their own resolution) leave the heap full of holes that
/// the C library keeps: gigabytes over thousands of pictures. Call this once per computation; each
/// 32nd call hands free pages back to the system, which takes milliseconds. Thread-safe.
void return_free_memory();

/// What LibTorch's failure means to a caller: std::bad_alloc when memory ran out, else DeviceError
/// with the first line of its explanation.
[[noreturn]] void rethrow_device_failure(const c10::Error& error, const std::string& device);

}  // namespace dfd
