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
    std::int64_t differing = 0;    ///< both have a result, with other scores; the target's stays
};

/// Copies from `source` (read only) what `target` lacks. Idempotent, and the order of several
/// sources does not affect what is listed. Of two marks the later one counts. The source's log is
/// not copied; its id and head are recorded. Blocks. Throws CaseError, Cancelled (what was copied
/// until then stays).
MergeSummary merge_case(CaseFile& target, const std::filesystem::path& source,
                        const Progress& progress = {}, std::stop_token stop = {});

}  // namespace dfd
