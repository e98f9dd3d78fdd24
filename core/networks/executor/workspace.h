// The buffers that a compiled trunk computes in.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

namespace dfd {

/// Buffers of an operation: the picture, three for data between layers, weights scaled for this
/// picture, scratch memory of the library or of each thread, and sums over the places.
enum class Slot : std::size_t { Input, A, B, C, Weights, Scratch, Sums };
inline constexpr std::size_t kSlots = 7;

using SlotSizes = std::array<std::size_t, kSlots>;  ///< in bytes; Input is owned by the caller

class Workspace {
  public:
    Workspace() = default;
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    /// Makes every buffer at least this large. A buffer that grows loses its content.
    void reserve(const SlotSizes& bytes);
    void set_input(const void* data);
    [[nodiscard]] void* operator[](Slot slot) const {
        return data_[static_cast<std::size_t>(slot)].get();
    }

  private:
    std::array<std::shared_ptr<void>, kSlots> data_;
    SlotSizes size_{};
};

}  // namespace dfd
