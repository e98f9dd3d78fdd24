// Loads an expert whose weights are copied immediately, so that its file need not stay in memory.
#pragma once

#include <functional>
#include <memory>

#include "core/panel/panel_networks.h"

namespace dfd {

/// Like load_expert() with its digest checked. `copied` is called with the loaded network before
/// this returns, to copy weights from it. Then the file's pages are released to the system. They
/// are read again if the weights are used later, so the network stays usable. Throws PanelError and
/// what `copied` throws.
[[nodiscard]] std::shared_ptr<ExpertNetwork> load_expert(
    const PanelRecord& panel, const ExpertRecord& expert,
    const std::function<void(ExpertNetwork&)>& copied);

}  // namespace dfd
