// Verifies a case: its database, its chain, and the pictures that it refers to. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

struct CaseCheck {
    /// Sentences, in the order of the checks; empty when all is well.
    std::vector<std::string> problems;
    std::vector<std::string> notes;  ///< what could not be checked, and why; not problems
    std::int64_t entries = 0;        ///< log entries, checked
    std::int64_t rows = 0;           ///< rows bound by them, checked
    std::int64_t files = 0;          ///< read again and as recorded
    std::int64_t unreachable = 0;    ///< recorded but not readable now: neither right nor wrong
    std::string head;                ///< digest of the last entry; keep it elsewhere
};

struct CaseCheckOptions {
    bool files = true;  ///< read every file that is there and compare its digest
    std::string head;   ///< a digest kept from earlier (or its beginning); must be in the chain
};

/// Reads the whole case and checks every byte of its pages and of the write-ahead log of a dead
/// writer against their checksums (see page_check.h), then SQLite's own check, the chain, every row
/// against its entry, derived data against its source, and finally the files. Blocks. Changes
/// nothing. Throws CaseError only when this is not a case at all; Cancelled.
[[nodiscard]] CaseCheck verify_case(const std::filesystem::path& path,
                                    const CaseCheckOptions& options = {},
                                    const Progress& progress = {}, std::stop_token stop = {});

}  // namespace dfd
