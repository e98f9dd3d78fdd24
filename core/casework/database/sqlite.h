// A wrapper of SQLite: errors as sentences, statements that finalise themselves.
// Internal to core/casework.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/casework/database/case_error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dfd {

class Database;
class OpenDatabaseFile;

using Blob = std::vector<std::uint8_t>;

[[nodiscard]] inline std::string as_text(const Blob& bytes) {
    return {bytes.begin(), bytes.end()};
}

/// One prepared statement. As in SQLite, parameters are numbered from 1 and columns from 0.
class Statement {
  public:
    Statement(Database& database, const std::string& sql);

    // Parameters; each returns *this.
    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, int value) { return bind(at, std::int64_t{value}); }
    Statement& bind(int at, double value);
    Statement& bind(int at, std::string_view text);
    Statement& bind(int at, const std::string& text) { return bind(at, std::string_view(text)); }
    Statement& bind(int at, const char* text) { return bind(at, std::string_view(text)); }
    Statement& bind(int at, std::span<const std::uint8_t> bytes);
    Statement& bind(int at, const Blob& bytes) {
        return bind(at, std::span<const std::uint8_t>(bytes));
    }
    Statement& bind_null(int at);
    /// NULL when there is no value.
    template <typename Value>
    Statement& bind(int at, const std::optional<Value>& value) {
        return value ? bind(at, *value) : bind_null(at);
    }
    /// All parameters, from ?1 on.
    template <typename... Values>
    Statement& bind_all(const Values&... values) {
        [[maybe_unused]] int at = 0;
        (bind(++at, values), ...);
        return *this;
    }

    /// Moves to the next row. At the end it returns false, and the statement can be bound again.
    bool step();
    /// For statements without result rows.
    void run();
    /// Makes the statement ready to be bound again and clears its bindings.
    Statement& reset();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] int small(int column) const { return static_cast<int>(integer(column)); }
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Blob blob(int column) const;
    [[nodiscard]] std::filesystem::path path(int column) const { return as_text(blob(column)); }
    /// Appends the whole row to `out`, with types: only equal rows give equal bytes.
    void append_row(Blob& out) const;

  private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };
    Database* database_;
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

/// One connection. Lock it around everything that must not be interleaved. Statements from `cached`
/// may only be used while the lock is held.
class Database {
  public:
    enum class Mode { Read, ReadImmutable, Write, Create, Memory };  ///< Memory: no file
    /// Throws CaseError.
    Database(const std::filesystem::path& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// A recursive lock. When a thread releases its last one, statements that were left unfinished
    /// are reset, so that none keeps an old state of the file in view.
    class Lock {
      public:
        explicit Lock(Database& database) : database_(database), lock_(database.mutex_) {
            ++database_.depth_;
        }
        ~Lock() {
            if (--database_.depth_ == 0)
                database_.reset_used();
        }
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

      private:
        Database& database_;
        std::lock_guard<std::recursive_mutex> lock_;
    };
    [[nodiscard]] Lock lock() { return Lock(*this); }

    /// Runs statements without parameters and results, separated by semicolons.
    void run(const std::string& sql);
    /// Prepared once; returned reset, with `values` bound. Do not request it again before its rows
    /// are read.
    template <typename... Values>
    Statement& cached(const std::string& sql, const Values&... values) {
        return cached_statement(sql).bind_all(values...);
    }
    template <typename... Values>
    [[nodiscard]] Statement prepare(const std::string& sql, const Values&... values) {
        Statement statement(*this, sql);
        statement.bind_all(values...);
        return statement;
    }
    /// Adds a row to `into`, a table with its columns in parentheses, and returns its id.
    template <typename... Values>
    std::int64_t insert(const std::string& into, const Values&... values) {
        std::string places = "?1";
        for (std::size_t i = 2; i <= sizeof...(values); ++i)
            places += ", ?" + std::to_string(i);
        cached("INSERT INTO " + into + " VALUES (" + places + ")", values...).run();
        return last_id();
    }
    /// The first column of the first row; 0 when there is none.
    [[nodiscard]] std::int64_t number(const std::string& sql);

    [[nodiscard]] std::int64_t last_id() const;
    [[nodiscard]] bool in_transaction() const;
    /// Makes changes go to a write-ahead log. Throws CaseError where SQLite cannot use one.
    void use_write_ahead_log();
    /// Empties the write-ahead log unless readers use it. Does not wait and never throws.
    void checkpoint();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] sqlite3* handle() const { return handle_; }
    [[noreturn]] void fail(int code) const;

  private:
    Statement& cached_statement(const std::string& sql);
    void reset_used();

    std::filesystem::path path_;
    std::unique_ptr<OpenDatabaseFile> open_file_;
    sqlite3* handle_ = nullptr;
    std::recursive_mutex mutex_;
    int depth_ = 0;
    std::map<std::string, std::unique_ptr<Statement>> cached_;
    std::set<Statement*> used_;
};

/// The first bytes of a file, at most `most`. Nothing when it cannot be read, or when a Database of
/// this process has it open: closing any other descriptor of it would drop SQLite's locks, and a
/// process that then uses the file could remove the write-ahead log under us.
struct FileStart {
    bool open_here = false;
    std::string bytes;
};
[[nodiscard]] FileStart read_file_start(const std::filesystem::path& path, std::size_t most);

/// How to open a case that is only read. On a medium that cannot be written (a seized disk, a CD),
/// a case that was closed properly has no -wal file; SQLite must then be told that nobody can
/// change it.
[[nodiscard]] Database::Mode reading_mode(const std::filesystem::path& path);

/// Rolls back unless it is committed.
class Transaction {
  public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& database_;
    Database::Lock lock_;
    bool open_ = true;
};

}  // namespace dfd
