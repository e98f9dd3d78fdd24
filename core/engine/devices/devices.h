// Devices, precisions and library versions. Plain C++.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

enum class Precision { Float32, BFloat16, Float16 };
[[nodiscard]] const char* precision_name(Precision precision);  ///< "fp32", "bf16", "fp16"

struct DeviceInfo {
    std::string id;            ///< "cpu", "cuda:0"
    std::string name;          ///< CPU or GPU, for display
    std::uint64_t memory = 0;  ///< bytes; 0 when unknown
    std::string detail;        ///< threads and BLAS, or compute capability
    int threads = 0;           ///< CPU threads of one computation; 0 for a GPU
};
/// The CPU first, then each CUDA device this build can use.
[[nodiscard]] std::vector<DeviceInfo> list_devices();

/// "auto" is the first CUDA device, else the CPU. "cpu", "cuda" (the first) and "cuda:N" name one.
/// Prepares the calling thread for computing (see use_all_processors). Throws DeviceError.
[[nodiscard]] DeviceInfo find_device(const std::string& wanted);

/// Versions for --version and reports: "LibTorch", "OpenCV", "BLAS", "oneDNN" ...
[[nodiscard]] std::vector<std::pair<std::string, std::string>> library_versions();

/// The device does not exist, or it failed. what() is a sentence.
class DeviceError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

namespace failure_codes {
inline constexpr const char* kDevice = "device";  ///< the device failed while scoring
}

}  // namespace dfd
