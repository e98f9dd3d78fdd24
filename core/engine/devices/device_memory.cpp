#include "core/engine/devices/device_memory.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/networks/hardware/memory_failure.h"

namespace dfd {
namespace {

constexpr std::size_t kMost = 1024;

}  // namespace

std::vector<std::size_t> FittingBatches::run(std::size_t total,
                                             const std::function<void(const Part&)>& work) {
    std::vector<std::size_t> skipped;
    auto before = *this;
    bool certain = false;
    for (std::size_t first = 0; first < total;) {
        const Part part{first, std::min(limit_, total - first), side_by_side_};
        std::exception_ptr error;
        try {
            work(part);
        } catch (...) {
            error = std::current_exception();
        }
        const auto failure = error ? memory_failure(error) : MemoryFailure::None;
        if (error && failure == MemoryFailure::None)
            std::rethrow_exception(error);
        certain = certain || failure == MemoryFailure::Certain;
        if (error && shrink(part))
            continue;
        if (error && !certain) {
            *this = before;
            std::rethrow_exception(error);
        }
        if (error) {
            skipped.push_back(first++);
        } else {
            fitted();
            first += part.count;
        }
        before = *this;
        certain = false;
    }
    return skipped;
}

void FittingBatches::fitted() {
    if (++fitted_ < kPatience)
        return;
    fitted_ = 0;
    if (side_by_side_)
        limit_ = std::min(2 * limit_, kMost);
    side_by_side_ = true;
}

/// Whether there is a smaller way to try.
bool FittingBatches::shrink(const Part& part) {
    fitted_ = 0;
    if (part.count > 1) {
        limit_ = part.count / 2;
        return true;
    }
    limit_ = 1;
    return std::exchange(side_by_side_, false);
}

std::size_t BatchSizes::size_for(std::size_t count, std::size_t most) const {
    const auto known = known_.lower_bound(count);
    return known != known_.end() && *known <= std::min(2 * count, most) ? *known : count;
}

}  // namespace dfd
