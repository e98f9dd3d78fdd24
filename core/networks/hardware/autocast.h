// Autocast of the calling thread, for LibTorch before and after the renaming in 2.4.
#pragma once

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace dfd {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
inline bool autocast_enabled(c10::DeviceType device) {
    return at::autocast::is_autocast_enabled(device);
}
inline void enable_autocast(c10::DeviceType device, bool on) {
    at::autocast::set_autocast_enabled(device, on);
}
inline void set_autocast_type(c10::DeviceType device, c10::ScalarType type) {
    at::autocast::set_autocast_dtype(device, type);
}
#else
inline bool autocast_enabled(c10::DeviceType device) {
    return device == c10::kCPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
}
inline void enable_autocast(c10::DeviceType device, bool on) {
    device == c10::kCPU ? at::autocast::set_cpu_enabled(on) : at::autocast::set_enabled(on);
}
inline void set_autocast_type(c10::DeviceType device, c10::ScalarType type) {
    device == c10::kCPU ? at::autocast::set_autocast_cpu_dtype(type)
                        : at::autocast::set_autocast_gpu_dtype(type);
}
#endif

/// Enables or disables autocast on the calling thread, for CPU and CUDA, while the object exists.
class AutocastScope {
  public:
    explicit AutocastScope(bool on)
        : cpu_(autocast_enabled(c10::kCPU)), cuda_(autocast_enabled(c10::kCUDA)) {
        enable_autocast(c10::kCPU, on);
        enable_autocast(c10::kCUDA, on);
    }
    ~AutocastScope() {
        enable_autocast(c10::kCPU, cpu_);
        enable_autocast(c10::kCUDA, cuda_);
    }
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

  private:
    bool cpu_, cuda_;
};

}  // namespace dfd
