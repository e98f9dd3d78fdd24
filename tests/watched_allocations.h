// LibTorch's allocations on the CPU, refused or watched.
#pragma once

#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <torch/version.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace dfd::test {

/// While it exists, LibTorch's CPU allocations call `watch` with their bytes first, from any
/// thread.
class WatchedAllocations : public c10::Allocator {
  public:
    explicit WatchedAllocations(std::function<void(std::size_t bytes)> watch)
        : watch_(std::move(watch)), usual_(c10::GetCPUAllocator()) {
        c10::SetAllocator(c10::kCPU, this, kPriority);
    }
    ~WatchedAllocations() override { c10::SetAllocator(c10::kCPU, usual_, kPriority); }
    WatchedAllocations(const WatchedAllocations&) = delete;
    WatchedAllocations& operator=(const WatchedAllocations&) = delete;

    [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override { return usual_->raw_deleter(); }
#if TORCH_VERSION_MAJOR >= 2
    c10::DataPtr allocate(size_t bytes) override {
        watch_(bytes);
        return usual_->allocate(bytes);
    }
    void copy_data(void* to, const void* from, std::size_t count) const override {
        default_copy_data(to, from, count);
    }
#else
    c10::DataPtr allocate(size_t bytes) const override {
        watch_(bytes);
        return usual_->allocate(bytes);
    }
#endif

  private:
    static constexpr std::uint8_t kPriority = 100;

    std::function<void(std::size_t)> watch_;
    c10::Allocator* usual_;
};

/// While it exists, LibTorch's CPU allocations of more than `most` bytes fail, until `lift`.
class SmallPieces final : public WatchedAllocations {
  public:
    explicit SmallPieces(std::size_t most)
        : WatchedAllocations([this](std::size_t bytes) { check(bytes); }), most_(most) {}

    void lift() { most_ = std::string::npos; }
    [[nodiscard]] int refused() const { return refused_; }

  private:
    void check(std::size_t bytes) {
        if (bytes > most_) {
            ++refused_;
            throw c10::OutOfMemoryError({__func__, __FILE__, 0}, "out of memory, for a test");
        }
    }

    std::atomic<std::size_t> most_;
    std::atomic<int> refused_ = 0;
};

}  // namespace dfd::test
