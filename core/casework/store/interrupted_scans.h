// Scans that did not come to their end: stopped, killed, or without power. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/casework/store/case_file.h"

namespace dfd {

/// What a scan calls its entries in the audit log.
namespace scan_actions {
inline constexpr const char* kBegan = "scan began";
inline constexpr const char* kResults = "results";
inline constexpr const char* kStopped = "scan stopped";
inline constexpr const char* kEnded = "scan ended";
}  // namespace scan_actions

struct InterruptedScan {
    CaseTime began = 0;
    std::string by;
    std::vector<std::string> paths;  ///< as they were given
    /// Files that were found and not looked at; nothing when the scan ended before it had counted.
    std::optional<std::int64_t> not_looked_at;
    /// Absolute paths, with all that is below folders, and not a shard of them: scanning `paths`
    /// from anywhere goes on.
    bool whole = false;
};

/// Scans that left files out and were not repeated to their end: no later scan of the same paths
/// and shard has ended. A scan that is still running in this or another process does not count:
/// while somebody has the case open for writing, that may be the last one. A writer who knows that
/// it does not scan says so with `writer_may_scan`. Blocks for milliseconds. Throws CaseError.
[[nodiscard]] std::vector<InterruptedScan> interrupted_scans(const CaseFile& file,
                                                             bool writer_may_scan = true);

/// For example "66 files were not looked at, because the scan of /photos that anna began on
/// 2026-11-29T10:00:00.000Z was interrupted; scan the same paths again to continue."
[[nodiscard]] std::string interruption_sentence(const InterruptedScan& scan);

}  // namespace dfd
