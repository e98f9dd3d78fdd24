// The core functions that the window calls, as replaceable functions for tests.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/replay/replay_record.h"
#include "core/engine/scoring/evaluator.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/panel_record.h"

namespace dfd::ui {

/// Which panel to open.
struct PanelChoice {
    std::string name;           ///< or folder or panel.json; empty: the default panel
    std::string calibration{};  ///< its name; empty: the one without a name
};

/// Every function may block and may throw std::exception with a sentence. Called on background
/// threads only.
struct Backend {
    std::function<std::vector<ListedPanel>()> list_panels;
    std::function<std::shared_ptr<Evaluator>(const PanelChoice&, const Progress&, std::stop_token)>
        open_panel;
    /// The panel of a record, with its calibration and at its precision.
    std::function<std::shared_ptr<Evaluator>(const ReplayRecord&, const Progress&, std::stop_token)>
        open_recorded;
    std::function<PanelRecord(const InstallRequest&, const Progress&, std::stop_token)>
        install_panel;
    // Other people's experts: each as the function of its name in core.
    std::function<ForeignManifest(const std::filesystem::path&)> read_manifest;
    std::function<ExpertCheck(const ForeignFiles&, const Progress&, std::stop_token)> check_expert;
    std::function<PanelRecord(const AddExpertRequest&, const Progress&, std::stop_token)>
        add_expert;
};

/// The backend that uses core.
[[nodiscard]] Backend core_backend(const std::string& device, Precision precision);

}  // namespace dfd::ui
