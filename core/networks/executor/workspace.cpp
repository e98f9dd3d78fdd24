#include "core/networks/executor/workspace.h"

#include "core/networks/executor/trunk_executor.h"
#include "core/networks/hardware/large_pages.h"

namespace dfd {

std::shared_ptr<Workspace> make_workspace() {
    return std::make_shared<Workspace>();
}

void Workspace::reserve(const SlotSizes& bytes) {
    for (std::size_t i = 0; i < kSlots; ++i) {
        if (i == static_cast<std::size_t>(Slot::Input) || bytes[i] <= size_[i])
            continue;
        data_[i].reset();
        size_[i] = 0;
        data_[i] = large_pages(bytes[i]);
        size_[i] = bytes[i];
    }
}

void Workspace::set_input(const void* data) {
    // Non-owning. The input is never written to, but oneDNN's handles are not const.
    data_[static_cast<std::size_t>(Slot::Input)] =
        std::shared_ptr<void>(std::shared_ptr<void>(), const_cast<void*>(data));
}

}  // namespace dfd
