// Pictures into a case: reading, decoding, scoring and writing side by side. Plain C++.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/casework/store/case_file.h"
#include "core/engine/examine/examiner.h"

namespace dfd {

struct ScanOptions {
    std::vector<std::filesystem::path> paths;  ///< files and folders; recorded absolute
    bool recursive = false;
    /// Reads every file again, also those whose path, size and time are known.
    bool rehash = false;
    /// Goes on until it is stopped: looks again every `poll` and takes what is new or changed, once
    /// it has not changed between two looks.
    bool watch = false;
    std::chrono::milliseconds poll{2000};
    /// Only contents whose digest falls to this one of so many machines: nobody need coordinate.
    int shard = 0;
    int shards = 1;
    int batch = 1;      ///< pictures scored together
    bool maps = true;   ///< keep each expert's Grad-CAM map
    int map_side = 64;  ///< larger ones are averaged down to this longest side; 0 keeps them whole
    DecodeLimits limits;
    std::uint64_t memory = std::uint64_t{256} << 20;  ///< bytes of files read ahead, at most
    /// What is finished is written when it is this old, or this many.
    std::chrono::milliseconds flush_after{1000};
    int flush_results = 256;
};

/// Counts of files, each in exactly one of those below `looked_at`.
struct ScanProgress {
    std::int64_t found = 0;
    std::int64_t looked_at = 0;
    std::int64_t unchanged = 0;  ///< path, size and time as recorded: not read
    std::int64_t known = 0;      ///< read, and the content has its result already
    std::int64_t elsewhere = 0;  ///< read, and another shard's
    std::int64_t scored = 0;     ///< newly
    std::int64_t failed = 0;     ///< newly; their sentences are in the case
    std::int64_t gone = 0;       ///< recorded before and not there any more
    std::int64_t written = 0;    ///< of scored and failed, how many are in the file by now
    bool waiting = false;        ///< watching, and nothing is left to do
    std::filesystem::path path;  ///< looked at last
};

/// Blocks until everything is in the case, or until `stop`: then what is finished is kept, and the
/// same call goes on where this one ended. `progress` is called from several threads, one call at a
/// time, and must not call back. The evaluator is used by this call alone.
/// One bad picture is a failed row; throws CaseError when the case cannot be written (a full disk),
/// which leaves it valid, with all that was written before.
ScanProgress scan(CaseFile& file, std::shared_ptr<Evaluator> evaluator, const ScanOptions& options,
                  const std::function<void(const ScanProgress&)>& progress = {},
                  std::stop_token stop = {});

}  // namespace dfd
