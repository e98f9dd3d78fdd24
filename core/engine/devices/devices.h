// What can compute, in which precision, and with which libraries. Plain C++.
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
    std::string name;          ///< processor or card, for people
    std::uint64_t memory = 0;  ///< bytes; 0 when unknown
    std::string detail;        ///< threads and BLAS, or compute capability
    int threads = 0;           ///< processor threads of one computation; 0 on a card
};
/// The CPU first, then each CUDA device this build can use.
[[nodiscard]] std::vector<DeviceInfo> list_devices();

/// Versions for --version and reports: "LibTorch", "OpenCV", "BLAS", "oneDNN" ...
[[nodiscard]] std::vector<std::pair<std::string, std::string>> library_versions();

/// No such device, or it failed: a sentence.
class DeviceError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

namespace failure_codes {
inline constexpr const char* kDevice = "device";  ///< the device failed while scoring
}

}  // namespace dfd
