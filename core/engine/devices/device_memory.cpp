#include "core/engine/devices/device_memory.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <initializer_list>
#include <new>
#include <string>
#include <utility>

namespace dfd {
namespace {

constexpr std::size_t kMost = 1024;

}  // namespace

bool is_out_of_memory(const c10::Error& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr)
        return true;
    // Messages of CUDA's allocator and driver, the CPU's allocator, and the libraries' status
    // names.
    const std::string what = error.what_without_backtrace();
    return std::ranges::any_of(
        std::initializer_list<const char*>{"out of memory", "can't allocate memory",
                                           "STATUS_ALLOC_FAILED", "DEVICE_ALLOCATION_FAILED"},
        [&](const char* sign) { return what.find(sign) != std::string::npos; });
}

std::vector<std::size_t> FittingBatches::run(std::size_t total,
                                             const std::function<void(const Part&)>& work) {
    std::vector<std::size_t> skipped;
    for (std::size_t first = 0; first < total;) {
        const Part part{first, std::min(limit_, total - first), side_by_side_};
        bool fits = true;
        try {
            work(part);
        } catch (const c10::Error& error) {
            if (!is_out_of_memory(error))
                throw;
            fits = false;
        } catch (const std::bad_alloc&) {
            fits = false;
        }
        if (fits) {
            fitted();
            first += part.count;
        } else if (!shrink(part)) {
            skipped.push_back(first++);
        }
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

}  // namespace dfd
