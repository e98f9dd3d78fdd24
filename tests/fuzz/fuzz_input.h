// What the fuzzing harnesses share.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace dfd::fuzz {

/// Ends the process where a reader broke its promise, so that libFuzzer keeps the input.
inline void require(bool kept) {
    if (!kept)
        std::abort();
}

/// The input as a file in memory, for readers that take a path.
class InputAsFile {
  public:
    explicit InputAsFile(std::span<const std::uint8_t> bytes)
        : file_(::memfd_create("input", MFD_CLOEXEC)) {
        require(file_ >= 0 &&
                ::write(file_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    ~InputAsFile() { ::close(file_); }
    InputAsFile(const InputAsFile&) = delete;
    InputAsFile& operator=(const InputAsFile&) = delete;

    [[nodiscard]] std::filesystem::path path() const {
        return "/proc/self/fd/" + std::to_string(file_);
    }

  private:
    int file_;
};

[[nodiscard]] inline std::string_view as_view(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Implemented by each harness: one input. Throws whatever its reader may throw.
void run_one(std::span<const std::uint8_t> input);

}  // namespace dfd::fuzz
