// A panel that somebody has in a folder, among the installed ones. Plain C++.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "core/panel/panel_record.h"

namespace dfd {

struct AddRequest {
    std::filesystem::path folder;  ///< of the panel, or its panel.json
    std::string name;              ///< empty: the panel's own
    std::filesystem::path into;    ///< empty: user_panel_folder()
    bool replace = false;          ///< an existing panel of that name is otherwise an error
};
/// Copies a panel's folder, such as `dfd train` makes, among the installed ones: checks it as
/// verify_panel does, copies panel.json, the weights, and README.md and training.json where there
/// are any (no checkpoints, no logs), and makes it appear complete or not at all. panel.json is
/// copied byte for byte; only under another name, or when it marks a starter panel (which only the
/// bundled one is; its title then becomes the name), is it written anew and so gets another digest.
/// Blocks; throws PanelError, also when stopped.
PanelRecord add_panel(const AddRequest& request, const Progress& progress = {},
                      std::stop_token stop = {});

}  // namespace dfd
