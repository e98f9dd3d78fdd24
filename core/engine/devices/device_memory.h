// Finds out by trial how much work fits into a device's memory. Plain C++.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <vector>

namespace dfd {

/// Divides work so that it fits a device whose free memory is not known beforehand.
class FittingBatches {
  public:
    struct Part {
        std::size_t first = 0, count = 0;  ///< items [first, first + count)
        bool side_by_side = true;          ///< whether experts may be computed at the same time
    };

    /// Calls `work` for parts of [0, total), in order, until each item was in a part that
    /// succeeded. When memory runs out, or may have run out (memory_failure.h), the part is halved.
    /// A single item is retried with its experts one after the other. If that fails too, the item
    /// is skipped; the indices of skipped items are returned in ascending order. An item that never
    /// certainly ran out of memory is no reason to skip: its last exception is passed on and the
    /// limit stays as it was. So are other exceptions of `work`. After a failure `work` is called
    /// again from its part's start, so it must overwrite earlier results.
    [[nodiscard]] std::vector<std::size_t> run(std::size_t total,
                                               const std::function<void(const Part&)>& work);

    /// Items that are tried at once. The value is kept for later calls. It is doubled each time
    /// that kPatience parts in a row have fitted; experts that run one after the other run side by
    /// side again first.
    [[nodiscard]] std::size_t limit() const { return limit_; }

    static constexpr int kPatience = 32;

  private:
    void fitted();
    [[nodiscard]] bool shrink(const Part& part);

    std::size_t limit_ = 1024;
    bool side_by_side_ = true;
    int fitted_ = 0;
};

/// Batch sizes that a GPU has computed. cuDNN plans each convolution anew for every size, which
/// takes longer than the few pictures of a last, smaller batch.
class BatchSizes {
  public:
    /// The size to compute `count` items in: `count`, or a known size that is at most twice as
    /// large and at most `most`.
    [[nodiscard]] std::size_t size_for(std::size_t count, std::size_t most) const;
    void add(std::size_t size) { known_.insert(size); }

  private:
    std::set<std::size_t> known_;
};

}  // namespace dfd
