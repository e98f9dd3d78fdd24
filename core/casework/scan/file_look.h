// What a scan asks the file system about a path.
// Internal to core/casework/scan.
#pragma once

#include <filesystem>

#include "core/casework/scan/scan_store.h"

namespace dfd {

/// Reads size and time. Returns false when nothing has that name.
[[nodiscard]] bool stat_file(const std::filesystem::path& path, SeenFile& seen);

/// Whether what was recorded as a file that cannot be read is a folder that can be opened.
[[nodiscard]] bool opens_as_folder(const std::filesystem::path& path);

}  // namespace dfd
