// Estimates how long the rest of many pictures takes: by their megapixels, not by their number.
// Plain C++.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace dfd {

/// Sizes of pictures that were not opened yet are known in bytes only; how many pixels a byte
/// stands for is taken from those that were. One thread at a time.
class TimeLeft {
  public:
    using Clock = std::chrono::steady_clock;

    /// The clock starts now.
    explicit TimeLeft(Clock::time_point now = Clock::now()) : started_(now) {}

    /// A picture of these bytes and pixels was examined.
    void examined(std::uint64_t bytes, std::uint64_t pixels) {
        bytes_ += bytes;
        pixels_ += pixels;
    }
    /// Seconds for files of `bytes` in all; nothing before the first picture was examined.
    [[nodiscard]] std::optional<double> seconds(std::uint64_t bytes,
                                                Clock::time_point now = Clock::now()) const {
        if (bytes_ == 0 || pixels_ == 0)
            return std::nullopt;
        const double spent = std::chrono::duration<double>(now - started_).count();
        const double pixels_left =
            static_cast<double>(bytes) * static_cast<double>(pixels_) / static_cast<double>(bytes_);
        return spent / static_cast<double>(pixels_) * pixels_left;
    }

  private:
    Clock::time_point started_;
    std::uint64_t bytes_ = 0, pixels_ = 0;
};

}  // namespace dfd
