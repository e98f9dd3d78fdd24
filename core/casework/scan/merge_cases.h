// Merges cases: shards of a scan, or the work of several people. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>

#include "core/casework/store/case_file.h"
#include "core/panel/panel_record.h"

namespace dfd {

struct MergeSummary {
    std::int64_t exhibits = 0;     ///< new in the target
    std::int64_t files = 0;        ///< sightings, new
    std::int64_t results = 0;      ///< new
    std::int64_t stabilities = 0;  ///< sweeps over versions, new
    std::int64_t decisions = 0;    ///< marks, tags, notes, thresholds, new
    /// Marks and tags of the target that a decision from the source now follows and replaces.
    std::int64_t replaced = 0;
    std::int64_t differing = 0;  ///< both have a result, with other scores; the target's stays
};

/// Copies from `source` (read only) what `target` lacks, in the order of the source's log.
/// Idempotent. The order of several sources affects neither results nor which file holds what; but
/// a decision that is merged comes after those that the target has, so of two about the same
/// exhibit the merged one counts, whatever the clocks said. The source's log is not copied; its id
/// and head are recorded. Blocks. Throws CaseError, Cancelled (what was copied
/// until then stays).
MergeSummary merge_case(CaseFile& target, const std::filesystem::path& source,
                        const Progress& progress = {}, std::stop_token stop = {});

}  // namespace dfd
