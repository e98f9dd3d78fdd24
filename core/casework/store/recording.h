// Writes into a case: rows and the entry of the audit log that binds them, in one transaction.
// Internal to core/casework.
#pragma once

#include <string>
#include <string_view>

#include "core/casework/database/sqlite.h"
#include "core/casework/store/audit_log.h"

namespace dfd {

/// The number and SHA-256 of the rows that an entry binds.
struct BoundRows {
    std::int64_t rows = 0;
    Blob digest;
};
/// Adds the rows per table to `per_table` (in the order of bound_tables()) when it is given.
[[nodiscard]] BoundRows bound_rows(Database& database, std::int64_t entry,
                                   std::vector<std::int64_t>* per_table = nullptr);

/// The digest of `entry` after `previous`; `content` is the digest of its rows.
[[nodiscard]] Blob entry_digest(const Blob& previous, const LogEntry& entry, const Blob& content);

/// The action of an entry whose rows come from another case.
inline constexpr const char* kMergedRows = "merged rows";
/// The action of an entry that notes that the clock was set back: later entries have earlier times.
/// Nothing is ordered by them.
inline constexpr const char* kClockWentBack = "clock went back";
/// Smaller steps are what time servers correct every day; they are not noted.
inline constexpr CaseTime kClockStep = 1000;

/// Rows written while it lives carry entry(). finish() appends that entry to the log and commits;
/// without it everything is rolled back. Holds the database's lock.
class Recording {
  public:
    /// Signs with `by`; empty: CaseFile::by(). Begins with an entry kClockWentBack when the clock
    /// is behind the last entry. Throws CaseError when the case is open for reading.
    explicit Recording(CaseFile& file, const std::string& by = {});

    [[nodiscard]] Database& database() { return database_; }
    [[nodiscard]] std::int64_t entry() const { return entry_; }
    [[nodiscard]] CaseTime at() const { return at_; }
    [[nodiscard]] const std::string& by() const { return by_; }
    /// `details` is a JSON object.
    void finish(const std::string& action, const std::string& details);

  private:
    void append_entry(const std::string& action, const std::string& details);

    std::string by_;
    Database& database_;
    Transaction transaction_;
    std::int64_t entry_;
    CaseTime at_;
};

}  // namespace dfd
