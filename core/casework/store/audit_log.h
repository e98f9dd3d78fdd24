// What was done to a case, by whom and when: a chain that can only grow. Plain C++.
//
// Each entry carries the SHA-256 of its predecessor, of what it says, and of the rows that were
// written with it; every row of a case belongs to exactly one entry. Whoever keeps the head (the
// last digest) elsewhere can show later that nothing before it was changed or taken away. Somebody
// who may write the file can make a whole new chain: only the kept head tells.
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
    std::int64_t rows = 0;  ///< written with it
    std::string digest;     ///< of this entry, hexadecimal
};

/// Entries from `first` on, at most `most`.
[[nodiscard]] std::vector<LogEntry> read_log(const CaseFile& file, std::int64_t first = 1,
                                             std::int64_t most = INT64_MAX);
/// The last entry. A case has at least one.
[[nodiscard]] LogEntry last_entry(const CaseFile& file);

}  // namespace dfd
