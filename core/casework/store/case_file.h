// A case: one SQLite file that holds all that was found, scored, noted and decided about a set of
// pictures. Plain C++: SQLite does not show.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/casework/database/case_error.h"

namespace dfd {

enum class CaseAccess {
    Read,    ///< beside a writer or not; changes nothing
    Write,   ///< the one writer, for as long as the object lives
    Create,  ///< Write, and a missing file is made
};

class Database;

/// An open case. Thread-safe: calls from several threads take turns, so a window asks through an
/// object of its own (CaseAccess::Read) while another one writes.
///
/// The file is marked as ours (application_id) and versioned (user_version); anything else is
/// refused. FILE-wal and FILE-shm beside it are SQLite's and belong to it; FILE-writer tells who
/// writes and is gone when nobody does. Every transaction is on the disk when the call that made it
/// returns, so a process that is killed or a disk that is full loses what was not yet written and
/// nothing else.
class CaseFile {
  public:
    /// Opens, and brings an older schema up to date when writing; one that is only read stays as it
    /// is. `by` signs what is done; empty
    /// means the user's login name. Blocks for milliseconds. Throws CaseError, CaseBusy.
    CaseFile(const std::filesystem::path& path, CaseAccess access, const std::string& by = {});
    ~CaseFile();
    CaseFile(const CaseFile&) = delete;
    CaseFile& operator=(const CaseFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] bool writable() const;
    [[nodiscard]] std::string by() const;
    /// Signs what is done from now on; empty means the login name. Waits for what is being written.
    void sign_as(const std::string& by);
    [[nodiscard]] const std::string& id() const;  ///< 32 hexadecimal digits, drawn when it was made
    /// Who writes it now, this process included; nothing when nobody does.
    [[nodiscard]] std::optional<CaseWriter> writer() const;

    /// For the functions of core/casework; see sqlite.h there.
    [[nodiscard]] Database& database() const;
    /// Throws CaseError when it was opened for reading.
    void require_writable() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dfd
