// Whether a case is what it was: its database, its chain, and the pictures it speaks of. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/panel/panel_record.h"

namespace dfd {

struct CaseCheck {
    std::vector<std::string> problems;  ///< sentences, the first broken thing first; empty is well
    std::vector<std::string> notes;     ///< what could not be checked, and why; no problems
    std::int64_t entries = 0;           ///< of the log, checked
    std::int64_t rows = 0;              ///< bound by them, checked
    std::int64_t files = 0;             ///< read again, and as recorded
    std::int64_t unreachable = 0;       ///< recorded and not readable now: neither right nor wrong
    std::string head;                   ///< digest of the last entry: note it down elsewhere
};

struct CaseCheckOptions {
    bool files = true;  ///< read every file that is there and compare its digest
    std::string head;  ///< a digest noted down earlier (or its beginning) that must be in the chain
};

/// Reads the whole case: every byte of its pages and of the write-ahead log a writer that died left
/// against their checksums (see page_check.h), SQLite's own check, the chain, every row against its
/// entry, what is derived against what it is derived from, then the files. Blocks. Changes nothing.
/// Throws CaseError only when this is no case at all; Cancelled.
[[nodiscard]] CaseCheck verify_case(const std::filesystem::path& path,
                                    const CaseCheckOptions& options = {},
                                    const Progress& progress = {}, std::stop_token stop = {});

}  // namespace dfd
