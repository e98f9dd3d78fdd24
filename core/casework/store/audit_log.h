// A case's audit log: who did what and when, as an append-only hash chain. Plain C++.
//
// Each entry's digest is the SHA-256 of its predecessor's digest, its own content, and the rows
// that were written with it. Every row of a case belongs to exactly one entry. Somebody who keeps
// the head (the last digest) elsewhere can later show that nothing before it was changed or
// removed. Anybody who may write the file can make a whole new chain; only the kept head reveals
// that.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/casework/store/case_file.h"

namespace dfd {

struct LogEntry {
    std::int64_t number = 0;  ///< from 1, without gaps
    CaseTime at = 0;
    std::string by;
    std::string host;
    std::string action;     ///< "created", "scan began", "results", "marked", ...
    std::string details;    ///< a JSON object
    std::int64_t rows = 0;  ///< rows written with it
    std::string digest;     ///< of this entry, hexadecimal
};

/// Entries from `first` on, at most `most`.
[[nodiscard]] std::vector<LogEntry> read_log(const CaseFile& file, std::int64_t first = 1,
                                             std::int64_t most = INT64_MAX);
/// The last entry. A case has at least one.
[[nodiscard]] LogEntry last_entry(const CaseFile& file);

}  // namespace dfd
