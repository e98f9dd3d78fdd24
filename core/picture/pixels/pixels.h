// Pixels in memory, errors and limits of decoding, and PNG output. Plain C++: no OpenCV, no Qt, no
// torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/base/free_memory.h"

namespace dfd {

/// Interleaved 8-bit RGB (never BGR), row-major, no padding: rgb.size() == 3 * width * height.
struct Pixels {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;
    /// Of the file that they were decoded from, as JpegFacts::quality; 100 for other pixels.
    double jpeg_quality = 100;
    bool alpha = false;  ///< whether that file had an alpha channel

    [[nodiscard]] bool empty() const { return rgb.empty(); }
};

/// Why decoding or a request failed. `code` is stable and machine-readable (see failure_codes
/// below). `message` is one sentence with the problem, its cause and what to do; it does not
/// contain the path.
struct Failure {
    std::string code;
    std::string message;
};

namespace failure_codes {
inline constexpr const char* kNotFound = "not_found";
inline constexpr const char* kUnreadable = "unreadable";      ///< permission, I/O error, a device
inline constexpr const char* kEmpty = "empty";                ///< zero bytes
inline constexpr const char* kNotAPicture = "not_a_picture";  ///< no known picture signature
inline constexpr const char* kUnsupported = "unsupported";    ///< unsupported picture format
inline constexpr const char* kDamaged = "damaged";            ///< truncated or corrupt
inline constexpr const char* kTooLarge = "too_large";         ///< bytes or pixels over the limit
inline constexpr const char* kOutOfMemory = "out_of_memory";
/// Set aside: the process ended more than once while it examined this picture.
inline constexpr const char* kSetAside = "set_aside";
inline constexpr const char* kInternal = "internal";
}  // namespace failure_codes

class PictureError : public std::runtime_error {
  public:
    explicit PictureError(Failure failure)
        : std::runtime_error(failure.message), failure_(std::move(failure)) {}
    [[nodiscard]] const Failure& failure() const { return failure_; }

  private:
    Failure failure_;
};

/// Limits checked against the header before pixels are allocated.
struct DecodeLimits {
    std::uint64_t bytes = std::uint64_t{1} << 30;       ///< of the file
    std::uint64_t pixels = std::uint64_t{200'000'000};  ///< width * height
    /// What the process can still take. A picture whose decoding needs more is refused
    /// (out_of_memory). Null: not asked.
    std::uint64_t (*free_memory)() = &dfd::free_memory;
};

/// An area-averaged copy whose longer side is at most `longest_side` (never enlarged).
[[nodiscard]] Pixels thumbnail(const Pixels& pixels, int longest_side);

/// Fills row y of a picture, 3 * width bytes. Called once for each row, from the top down.
using DrawRow = std::function<void(int y, std::span<std::uint8_t> row)>;

/// Encodes pixels as lossless PNG, in memory or to a file (atomically: temporary file, then
/// rename). Throws PictureError when there are no pixels or memory runs out, std::system_error
/// (with the path in the message) when the file cannot be written. The last one needs memory for a
/// row only, whatever the size.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Pixels& pixels);
void write_png(const std::filesystem::path& path, const Pixels& pixels);
void write_png(const std::filesystem::path& path, int width, int height, const DrawRow& draw);

}  // namespace dfd
