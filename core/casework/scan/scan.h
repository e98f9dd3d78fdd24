// Scans pictures into a case: reads, decodes, scores and writes concurrently. Plain C++.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/casework/store/case_file.h"
#include "core/engine/examine/examiner.h"
#include "core/picture/picture.h"

namespace dfd {

struct ScanOptions {
    std::vector<std::filesystem::path> paths;  ///< files and folders; recorded absolute
    bool recursive = false;
    /// Reads every file again, even if its path, size and time are known.
    bool rehash = false;
    /// Continues until it is stopped: looks again every `poll` and takes files that are new or
    /// changed, once they have not changed between two looks.
    bool watch = false;
    std::chrono::milliseconds poll{2000};
    /// Which shard to scan, of how many. A content's digest selects its shard, so machines need no
    /// coordination.
    int shard = 0;
    int shards = 1;
    int batch = 1;      ///< pictures scored together
    bool maps = true;   ///< keep each expert's Grad-CAM map
    int map_side = 64;  ///< longest side; larger maps are averaged down to it; 0 keeps them whole
    /// A picture during whose examination the process ended this often is not tried again: it is
    /// recorded as a failure (set_aside). After the first time it is examined alone.
    int most_deaths = 2;
    DecodeLimits limits;
    /// Bytes of files that are read ahead, at most.
    std::uint64_t memory = std::uint64_t{256} << 20;
    /// Finished results are written when they are this old, or this many.
    std::chrono::milliseconds flush_after{1000};
    int flush_results = 256;
};

/// Counts of files. Each file that is looked at is in exactly one of the counts below `looked_at`.
struct ScanProgress {
    std::int64_t found = 0;
    std::int64_t looked_at = 0;
    std::int64_t unchanged = 0;  ///< path, size and time as recorded: not read
    std::int64_t known = 0;      ///< read; the content has its result already
    std::int64_t elsewhere = 0;  ///< read; belongs to another shard
    std::int64_t scored = 0;     ///< newly
    std::int64_t failed = 0;     ///< newly; their sentences are in the case
    std::int64_t gone = 0;       ///< recorded before, but no longer there
    std::int64_t written = 0;    ///< of scored and failed, those that are in the case by now
    bool waiting = false;        ///< watching, and nothing is left to do
    LeftOutPictures left_out;    ///< of the last pass
    /// For the files that were not looked at, by their megapixels; nothing before one was examined.
    std::optional<double> seconds_left;
    std::chrono::steady_clock::time_point counted;  ///< when that was said
    std::filesystem::path path;                     ///< the last file looked at
};

/// Blocks until everything is in the case, or until `stop`: then finished results are kept, and the
/// same call continues where this one ended. `progress` is called from several threads, one call at
/// a time, and must not call back; an exception from it ends the scan and is rethrown. No other
/// caller may use the evaluator meanwhile. A bad picture becomes a failed row. Throws CaseError
/// when the case cannot be written (a full disk); the case stays valid, with everything written
/// before.
ScanProgress scan(CaseFile& file, std::shared_ptr<Evaluator> evaluator, const ScanOptions& options,
                  const std::function<void(const ScanProgress&)>& progress = {},
                  std::stop_token stop = {});

}  // namespace dfd
