// A case: one SQLite file with everything that was found, scored, noted and decided about a set of
// pictures. Plain C++: SQLite is not exposed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/casework/database/case_error.h"
#include "core/opinion/opinion.h"

namespace dfd {

enum class CaseAccess {
    Read,    ///< with or without a writer; changes nothing
    Write,   ///< the one writer, for as long as the object lives
    Create,  ///< Write, and creates a missing file
};

class Database;

/// All answers of a result; none for a panel that asks one question.
struct RecordedAnswers {
    std::size_t leading = 0;  ///< the question that the recorded score answers
    std::vector<AnswerFigures> each;
};

/// An open case. Thread-safe: calls from several threads take turns, so a window reads through an
/// object of its own (CaseAccess::Read) while another one writes.
///
/// The file is marked as ours (application_id) and versioned (user_version); anything else is
/// refused. FILE-wal and FILE-shm beside it are SQLite's and part of the case. FILE-writer names
/// the writer and is gone when there is none. FILE-examining names the pictures that a scan is
/// examining, and is gone when it has ended. Every transaction is on disk when the call that made
/// it returns. A killed process or a full disk therefore loses only what was not yet written.
class CaseFile {
  public:
    /// Opens the case. For writing, an older schema is migrated; for reading, it stays as it is.
    /// Changes without a name of their own are signed with `by`; empty means the user's login name.
    /// Blocks for milliseconds. Throws CaseError, CaseBusy.
    CaseFile(const std::filesystem::path& path, CaseAccess access, const std::string& by = {});
    ~CaseFile();
    CaseFile(const CaseFile&) = delete;
    CaseFile& operator=(const CaseFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] bool writable() const;
    /// Signs what is recorded without another name.
    [[nodiscard]] const std::string& by() const;
    [[nodiscard]] const std::string& id() const;  ///< 32 hexadecimal digits, drawn at its creation
    /// The process that writes it now, possibly this one; nothing when there is none.
    [[nodiscard]] std::optional<CaseWriter> writer() const;

    /// For the functions of core/casework; see sqlite.h there.
    [[nodiscard]] Database& database() const;
    /// For core/casework/exhibits: the answers of results by the result's id, as far as they were
    /// asked for. Results never change. Hold the database's lock.
    [[nodiscard]] std::unordered_map<std::int64_t, RecordedAnswers>& known_answers() const;
    /// Throws CaseError when it was opened for reading.
    void require_writable() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dfd
