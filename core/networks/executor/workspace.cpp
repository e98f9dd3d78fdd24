#include "core/networks/executor/workspace.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "core/networks/trunk_executor.h"

namespace dfd {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

void* large_pages(std::size_t bytes) {
    const auto rounded = (bytes + kLargePage - 1) / kLargePage * kLargePage;
    void* const data = std::aligned_alloc(kLargePage, rounded);
    if (data == nullptr)
        throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    madvise(data, rounded, MADV_HUGEPAGE);  // a wish: without it pages are small
#endif
    return data;
}

}  // namespace

std::shared_ptr<Workspace> make_workspace() {
    return std::make_shared<Workspace>();
}

Workspace::~Workspace() {
    data_[static_cast<std::size_t>(Slot::Input)] = nullptr;  // the caller's
    for (void* data : data_)
        std::free(data);
}

void Workspace::reserve(const SlotSizes& bytes) {
    for (std::size_t i = 0; i < kSlots; ++i) {
        if (i == static_cast<std::size_t>(Slot::Input) || bytes[i] <= size_[i])
            continue;
        std::free(data_[i]);
        data_[i] = nullptr;
        size_[i] = 0;
        data_[i] = large_pages(bytes[i]);
        size_[i] = bytes[i];
    }
}

void Workspace::set_input(const void* data) {
    // Nothing writes to the input; oneDNN's handles are not const.
    data_[static_cast<std::size_t>(Slot::Input)] = const_cast<void*>(data);
}

}  // namespace dfd
