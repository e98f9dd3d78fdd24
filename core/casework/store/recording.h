// Writes into a case: rows and the entry of the audit log that binds them, in one transaction.
// Internal to core/casework.
#pragma once

#include <string>

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

/// Rows written while it lives carry entry(). finish() appends that entry to the log and commits;
/// without it everything is rolled back. Holds the database's lock.
class Recording {
  public:
    /// Throws CaseError when the case is open for reading.
    explicit Recording(CaseFile& file);

    [[nodiscard]] Database& database() { return database_; }
    [[nodiscard]] std::int64_t entry() const { return entry_; }
    [[nodiscard]] CaseTime at() const { return at_; }
    [[nodiscard]] std::string by() const { return file_.by(); }
    /// `details` is a JSON object.
    void finish(const std::string& action, const std::string& details);

  private:
    CaseFile& file_;
    Database& database_;
    Transaction transaction_;
    std::int64_t entry_;
    CaseTime at_;
};

}  // namespace dfd
