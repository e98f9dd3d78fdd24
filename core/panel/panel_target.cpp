#include "core/panel/panel_target.h"

#include <system_error>

#include "core/base/wording.h"
#include "core/panel/panel_folders.h"
#include "core/panel/panel_record.h"

namespace dfd {

namespace fs = std::filesystem;

void check_panel_target(const std::string& name, const fs::path& into, bool replace) {
    if (const auto problem = panel_name_problem(name); !problem.empty())
        throw PanelError(problem);
    std::error_code error;
    const auto bundled = bundled_panel_folder();
    if (bundled && !is_bundled(into) && fs::exists(*bundled / name, error))
        throw PanelError("The name \"" + name + "\" is the bundled panel's. Choose another name.");
    const auto target = into / name;
    if (!fs::exists(fs::symlink_status(target, error)))
        return;
    if (!fs::exists(target / "panel.json", error))
        throw PanelError(quoted(target) +
                         " exists and is not a panel. Choose another name, or move the existing "
                         "file or folder.");
    if (!replace)
        throw PanelError("A panel named \"" + name + "\" is already installed in " + quoted(into) +
                         ". Remove it first, replace it (--replace), or choose another name.");
}

void check_panel_space(const fs::path& folder, std::uint64_t need) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    if (!error && space.available < need)
        throw PanelError("The disk with " + quoted(folder) + " has " + size_text(space.available) +
                         " free, but the panel needs " + size_text(need) +
                         ". Free some space, or install into another folder.");
}

}  // namespace dfd
