// Whether a panel may be made where somebody wants it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dfd {

/// Throws PanelError when `into` cannot get a panel of that name: the name is none or the bundled
/// panel's, or something of that name is there that is no panel, or that `replace` does not allow
/// to be replaced.
void check_panel_target(const std::string& name, const std::filesystem::path& into, bool replace);

/// Throws PanelError when the disk of `folder` has less than `need` bytes free.
void check_panel_space(const std::filesystem::path& folder, std::uint64_t need);

}  // namespace dfd
