// Adds a panel from any folder to the installed panels. Plain C++.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "core/panel/panel_record.h"

namespace dfd {

struct AddRequest {
    std::filesystem::path folder;  ///< the panel's folder, or its panel.json
    std::string name;              ///< empty: the panel's own name
    std::filesystem::path into;    ///< empty: user_panel_folder()
    bool replace = false;          ///< otherwise an existing panel of that name is an error
};
/// Copies a panel's folder, for instance one made by `dfd train`, to the installed panels. Checks
/// it as verify_panel() does, then copies panel.json, the weights, and README.md and training.json
/// where they exist (no checkpoints, no logs). The new folder appears complete or not at all.
/// panel.json is copied byte for byte, with two exceptions in which it is rewritten and gets
/// another digest: the panel gets another name, or it is marked as a starter panel. Only the
/// bundled panel may be a starter, so the mark is dropped and the name becomes the title. Blocks;
/// throws PanelError, and Cancelled when stopped.
PanelRecord add_panel(const AddRequest& request, const Progress& progress = {},
                      std::stop_token stop = {});

}  // namespace dfd
