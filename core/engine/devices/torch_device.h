// Chooses a device, for code that uses LibTorch. Callers include <torch/types.h> themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/engine/devices/cards.h"
#include "core/engine/devices/devices.h"

namespace c10 {
struct Device;
class Error;
}  // namespace c10

namespace dfd {

using CardList = std::function<std::vector<Card>()>;

/// "auto" is the first CUDA device that can be used, else the CPU. Fills `info`. Prepares LibTorch
/// for the device (see prepare_device). `cards` is not called for "cpu": asking the driver takes up
/// to seconds. Throws DeviceError.
[[nodiscard]] c10::Device choose_device(const std::string& wanted, DeviceInfo& info,
                                        const CardList& cards = driver_cards);

/// For a GPU: exact arithmetic for whatever computes next in this process, scoring, encoding or
/// calibrating. Must not be called while training steps run on a GPU.
void prepare_device(const c10::Device& device);

/// LibTorch's default is one thread per physical core, which leaves half of a small machine idle
/// (two virtual processors often share one core). This raises it to the number of processors that
/// this process may use, at most four. Larger machines and OMP_NUM_THREADS keep their values. The
/// count is per thread: call this from the thread that computes. Do not call it while anything
/// computes.
void use_all_processors();

/// Tensors of changing sizes (pictures at their own resolution) fragment the heap, and the C
/// library keeps the free pages: gigabytes over thousands of pictures. Call this once per
/// computation, with the pixels of its largest picture. Every 32nd call, and each one after a
/// picture of more than 16 megapixels, returns free pages to the system, which takes milliseconds.
/// Thread-safe.
void return_free_memory(std::uint64_t pixels = 0);

/// Translates LibTorch's error: throws std::bad_alloc when memory ran out, else DeviceError with
/// the first line of the message, and advice where there is some. `doing` begins its sentence.
[[noreturn]] void rethrow_device_failure(const c10::Error& error, const std::string& device,
                                         const std::string& doing = "Scoring");

}  // namespace dfd
