// Loading an expert whose weights are copied at once, so that the file need not stay in memory.
#pragma once

#include <functional>
#include <memory>

#include "core/panel/panel_networks.h"

namespace dfd {

/// load_expert with its digest checked. `copied` has the loaded network before this returns, to
/// copy weights from; then the file's pages are given back to the system, and come again if they
/// are touched after all: the network stays as usable as any. Throws PanelError and what `copied`
/// throws.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(
    const PanelRecord& panel, const ExpertRecord& expert,
    const std::function<void(ExpertNetwork&)>& copied);

}  // namespace dfd
