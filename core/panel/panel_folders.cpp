#include "core/panel/panel_folders.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <set>

#include "core/base/data_folders.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/panel_record.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// Value of an environment variable; nullopt when it is unset or empty.
std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0')
        return std::nullopt;
    return value;
}

/// Folders in `parent` that contain a panel.json, sorted by name; or `parent` itself when it is a
/// panel.
std::vector<fs::path> panels_in(const fs::path& parent) {
    std::error_code error;
    if (fs::exists(parent / "panel.json", error))
        return {parent};
    std::vector<fs::path> found;
    fs::directory_iterator entry(parent, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const auto& path = entry->path();
        std::error_code ignored;
        if (!path.filename().native().starts_with('.') && fs::exists(path / "panel.json", ignored))
            found.push_back(path);
    }
    std::ranges::sort(found);
    return found;
}

ListedPanel read_listed(const fs::path& folder) {
    ListedPanel listed;
    try {
        listed.record = read_panel(folder);
    } catch (const PanelError& error) {
        listed.record.name = folder.filename();
        listed.record.folder = folder;
        listed.problem = error.what();
    }
    return listed;
}

std::string known_names(const std::vector<ListedPanel>& panels) {
    const auto names = joined(
        panels, ", ", [](const auto& panel) { return panel.record.folder.filename().native(); });
    return names.empty() ? "No panel is installed." : "Installed panels: " + names + ".";
}

PanelRecord default_panel() {
    const ListedPanel* bundled_default = nullptr;
    const auto panels = list_panels();
    for (const auto& panel : panels) {
        const bool bundled = panel.record.starter || is_bundled(panel.record.folder);
        if (bundled) {
            if (bundled_default == nullptr || panel.record.folder.filename() == kDefaultPanel)
                bundled_default = &panel;
            continue;
        }
        if (panel.problem.empty() && panel.record.experts.empty())
            continue;  // new, and not yet of use
        // Silently falling back to weaker experts would be worse than stopping.
        if (!panel.problem.empty())
            throw PanelError(panel.problem +
                             " Install it again, remove it, or choose another panel.");
        return panel.record;
    }
    if (bundled_default == nullptr)
        throw PanelError(
            "No panel is installed and the bundled panel was not found. Install a panel with \"dfd "
            "panel install\", or give a panel's folder.");
    if (!bundled_default->problem.empty())
        throw PanelError(bundled_default->problem);
    return bundled_default->record;
}

}  // namespace

std::optional<fs::path> bundled_panel_folder() {
    return data_folder("models");
}

bool is_bundled(const fs::path& folder) {
    const auto bundled = bundled_panel_folder();
    if (!bundled)
        return false;
    std::error_code error;
    const auto relative = fs::weakly_canonical(folder, error).lexically_relative(*bundled);
    return !relative.empty() && *relative.begin() != "..";
}

std::string panel_name_problem(const std::string& name) {
    const auto allowed = [](unsigned char c) {
        return c < 0x80 &&
               (std::isalnum(c) != 0 ||
                std::string_view(" ._-+").find(static_cast<char>(c)) != std::string_view::npos);
    };
    if (!name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != ' ' &&
        name.back() != ' ' && std::ranges::all_of(name, allowed))
        return {};
    return "Invalid panel name: " + quoted_name(name) +
           ". Use 1 to 100 letters, digits, spaces or the characters . _ - +, without a leading "
           "dot and without a space at either end.";
}

std::vector<fs::path> listed_folders(const char* variable) {
    std::vector<fs::path> folders;
    if (const auto listed = environment(variable)) {
        for (std::size_t begin = 0; begin <= listed->size();) {
            const auto end = std::min(listed->find(':', begin), listed->size());
            if (end > begin)
                folders.emplace_back(listed->substr(begin, end - begin));
            begin = end + 1;
        }
    }
    return folders;
}

std::vector<fs::path> panel_folders() {
    auto folders = listed_folders("DFD_PANELS");
    if (folders.empty())
        folders.push_back(user_data_folder() / "panels");
    if (const auto bundled = bundled_panel_folder())
        folders.push_back(*bundled);
    return folders;
}

fs::path user_panel_folder() {
    return panel_folders().front();
}

std::vector<ListedPanel> list_panels() {
    std::vector<ListedPanel> panels;
    std::set<fs::path> names;
    for (const auto& parent : panel_folders())
        for (const auto& folder : panels_in(parent))
            if (names.insert(folder.filename()).second)
                panels.push_back(read_listed(folder));
    return panels;
}

PanelRecord find_panel(const std::string& name_or_path) {
    if (name_or_path.empty())
        return default_panel();
    const auto panels = list_panels();
    const auto by_name = std::ranges::find_if(panels, [&](const auto& panel) {
        return panel.record.folder.filename() == name_or_path || panel.record.name == name_or_path;
    });
    if (by_name != panels.end()) {
        if (!by_name->problem.empty())
            throw PanelError(by_name->problem);
        return by_name->record;
    }
    std::error_code error;
    if (name_or_path.find('/') != std::string::npos || fs::exists(name_or_path, error))
        return read_panel(name_or_path);
    throw PanelError("There is no panel named " + quoted_name(name_or_path) + ". " +
                     known_names(panels));
}

}  // namespace dfd
