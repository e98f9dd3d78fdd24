// How much a device can take at once, found by trying. Plain C++.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace c10 {
class Error;
}

namespace dfd {

/// Whether LibTorch's failure says that memory ran out, the device's or the system's.
[[nodiscard]] bool is_out_of_memory(const c10::Error& error);

/// Divides work so that it fits a device whose free memory nobody knows beforehand.
class FittingBatches {
  public:
    struct Part {
        std::size_t first = 0, count = 0;  ///< items [first, first + count)
        bool side_by_side = true;          ///< whether experts may be computed at the same time
    };

    /// Calls work for parts of [0, total), in order, until each item was in one that succeeded.
    /// When memory runs out (std::bad_alloc, or a c10::Error that says so) the part is halved; a
    /// single item is tried again with its experts one after the other; and where that fails too,
    /// the item is given back: these are the indices returned, rising. What else `work` throws is
    /// thrown. Work that failed is called again from its part's start, so it must overwrite what it
    /// did.
    [[nodiscard]] std::vector<std::size_t> run(std::size_t total,
                                               const std::function<void(const Part&)>& work);

    /// Items that are tried at once: what was found holds for later calls, and is doubled each time
    /// that kPatience parts in a row have fitted.
    [[nodiscard]] std::size_t limit() const { return limit_; }

    static constexpr int kPatience = 32;

  private:
    void fitted();
    [[nodiscard]] bool shrink(const Part& part);

    std::size_t limit_ = 1024;
    bool side_by_side_ = true;
    int fitted_ = 0;
};

}  // namespace dfd
