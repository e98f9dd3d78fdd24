// Checks whether a panel can be created in a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dfd {

/// Throws PanelError when `into` cannot get a panel of that name: the name is invalid or the
/// bundled panel's, something of that name exists that is not a panel, or a panel of that name
/// exists and `replace` is false.
void check_panel_target(const std::string& name, const std::filesystem::path& into, bool replace);

/// Throws PanelError when the disk that holds `folder` has less than `need` bytes free.
void check_panel_space(const std::filesystem::path& folder, std::uint64_t need);

}  // namespace dfd
