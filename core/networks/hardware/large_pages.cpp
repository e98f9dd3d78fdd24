#include "core/networks/hardware/large_pages.h"

#include <cstdlib>
#include <new>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace dfd {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;
constexpr std::size_t kShared = 4 * kLargePage;  ///< block that small pieces are allocated from
constexpr std::size_t kAlignment = 64;

constexpr std::size_t rounded_up(std::size_t bytes, std::size_t to) {
    return (bytes + to - 1) / to * to;
}

/// A partly used block.
struct SharedBlock {
    std::shared_ptr<void> pages;
    std::size_t used = 0;
};
thread_local SharedBlock shared_block;

}  // namespace

std::shared_ptr<void> large_pages(std::size_t bytes) {
    const auto rounded = rounded_up(bytes, kLargePage);
    void* const data = std::aligned_alloc(kLargePage, rounded);
    if (data == nullptr)
        throw std::bad_alloc();
    std::shared_ptr<void> pages(data, std::free);
#ifdef MADV_HUGEPAGE
    madvise(data, rounded, MADV_HUGEPAGE);  // only a hint; without it the pages are small
#endif
    return pages;
}

std::shared_ptr<void> piece_of_large_pages(std::size_t bytes) {
    if (bytes > kShared / 2)
        return large_pages(bytes);
    const auto size = rounded_up(bytes, kAlignment);
    if (!shared_block.pages || shared_block.used + size > kShared)
        shared_block = {large_pages(kShared), 0};
    auto* const at = static_cast<char*>(shared_block.pages.get()) + shared_block.used;
    shared_block.used += size;
    return {shared_block.pages, at};
}

}  // namespace dfd
