#include "core/casework/database/sqlite.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <system_error>

#include "core/base/wording.h"
#include "core/casework/database/page_checksums.h"

namespace dfd {
namespace {

constexpr int kPatience = 10'000;  // milliseconds to wait for a lock of another connection

std::string sentence(int code, const std::string& detail, int system_error,
                     const std::filesystem::path& path) {
    const auto name = quoted(path);
    const std::string why = system_error != 0 ? std::generic_category().message(system_error)
                                              : std::string(sqlite3_errstr(code));
    switch (code & 0xff) {
        case SQLITE_FULL:
            return "The case " + name +
                   " cannot be written: the disk is full. Free some space and try again; "
                   "everything written so far is in the case.";
        case SQLITE_IOERR:
            return "The case " + name + " cannot be read or written (" + why +
                   "). Check that its disk is connected and has free space, then try again; "
                   "everything written so far is in the case.";
        case SQLITE_CANTOPEN:
            return "The case " + name + " cannot be opened (" + why +
                   "). Check that it exists, that its folder is accessible, and that its -wal and "
                   "-shm files are beside it.";
        case SQLITE_NOTADB:
            return name + " is not a case: it is not a SQLite database.";
        case SQLITE_CORRUPT:
            return "The case " + name + " is damaged (" + detail +
                   "). `dfd case verify` gives details; continue with an intact copy.";
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return "The case " + name +
                   " is not writable by this user; change its permissions, or copy it.";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "The case " + name +
                   " was locked by another program for too long; close the program that has it "
                   "open.";
        case SQLITE_NOMEM:
            throw std::bad_alloc();
        default:
            return "The case " + name + " rejected the operation: " + detail + ".";
    }
}

}  // namespace

Statement::Statement(Database& database, const std::string& sql) : database_(&database) {
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v2(database.handle(), sql.c_str(),
                                        static_cast<int>(sql.size()) + 1, &made, nullptr);
    statement_.reset(made);
    if (code != SQLITE_OK)
        database.fail(code);
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int at, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(statement_.get(), at, value); code != SQLITE_OK)
        database_->fail(code);
    return *this;
}

Statement& Statement::bind(int at, double value) {
    if (const int code = sqlite3_bind_double(statement_.get(), at, value); code != SQLITE_OK)
        database_->fail(code);
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    if (const int code = sqlite3_bind_text64(statement_.get(), at, text.empty() ? "" : text.data(),
                                             text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        code != SQLITE_OK)
        database_->fail(code);
    return *this;
}

Statement& Statement::bind(int at, std::span<const std::uint8_t> bytes) {
    const int code = bytes.empty() ? sqlite3_bind_zeroblob(statement_.get(), at, 0)
                                   : sqlite3_bind_blob64(statement_.get(), at, bytes.data(),
                                                         bytes.size(), SQLITE_TRANSIENT);
    if (code != SQLITE_OK)
        database_->fail(code);
    return *this;
}

Statement& Statement::bind_null(int at) {
    if (const int code = sqlite3_bind_null(statement_.get(), at); code != SQLITE_OK)
        database_->fail(code);
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW)
        return true;
    sqlite3_reset(statement_.get());
    if (code != SQLITE_DONE)
        database_->fail(code);
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

Statement& Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    return *this;
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* const text = sqlite3_column_text(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

Blob Statement::blob(int column) const {
    const auto* const data =
        static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return data == nullptr ? Blob() : Blob(data, data + size);
}

void Statement::append_row(Blob& out) const {
    const auto number = [&out](std::uint64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8)
            out.push_back(static_cast<std::uint8_t>(value >> shift));
    };
    const int columns = sqlite3_column_count(statement_.get());
    number(static_cast<std::uint64_t>(columns));
    for (int i = 0; i < columns; ++i) {
        const int type = sqlite3_column_type(statement_.get(), i);
        out.push_back(static_cast<std::uint8_t>(type));
        if (type == SQLITE_INTEGER) {
            number(static_cast<std::uint64_t>(integer(i)));
        } else if (type == SQLITE_FLOAT) {
            number(std::bit_cast<std::uint64_t>(real(i)));
        } else if (type != SQLITE_NULL) {
            const auto* const data =
                static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), i));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), i));
            number(size);
            out.insert(out.end(), data, data + size);
        }
    }
}

/// Registers a file that SQLite has open in this process.
class OpenDatabaseFile {
  public:
    using Key = std::pair<dev_t, ino_t>;

    /// While it lives, nobody else in this process opens or closes a file that is registered.
    static std::mutex& mutex() {
        static std::mutex one;
        return one;
    }
    static std::multiset<Key>& open() {
        static std::multiset<Key> files;
        return files;
    }
    static std::optional<Key> key_of(const std::filesystem::path& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0)
            return std::nullopt;
        return Key(info.st_dev, info.st_ino);
    }

    /// With the mutex held; the file exists.
    explicit OpenDatabaseFile(const std::filesystem::path& path) : key_(key_of(path)) {
        if (key_)
            open().insert(*key_);
    }
    ~OpenDatabaseFile() {
        const std::lock_guard lock(mutex());
        if (key_)
            open().erase(open().find(*key_));
    }
    OpenDatabaseFile(const OpenDatabaseFile&) = delete;
    OpenDatabaseFile& operator=(const OpenDatabaseFile&) = delete;

  private:
    std::optional<Key> key_;
};

FileStart read_file_start(const std::filesystem::path& path, std::size_t most) {
    const std::lock_guard lock(OpenDatabaseFile::mutex());
    const auto key = OpenDatabaseFile::key_of(path);
    if (key && OpenDatabaseFile::open().contains(*key))
        return {true, {}};
    std::ifstream file(path, std::ios::binary);
    FileStart start;
    start.bytes.resize(most);
    file.read(start.bytes.data(), static_cast<std::streamsize>(most));
    start.bytes.resize(static_cast<std::size_t>(file.gcount()));
    return start;
}

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    flags |= mode == Mode::Memory ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
             : mode == Mode::Create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
             : mode == Mode::Write  ? SQLITE_OPEN_READWRITE
                                    : SQLITE_OPEN_READONLY;
    // As a URI, so that a name like ":memory:" or "file:x" is the file of that name.
    const auto whole = path.empty() ? path : std::filesystem::absolute(path);
    std::string uri = "file:";
    for (const char c : whole.native()) {
        constexpr char kDigits[] = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '/' || c == '.' || c == '-' || c == '_')
            uri += c;
        else
            uri += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    if (mode == Mode::ReadImmutable)
        uri += "?immutable=1";
    const std::lock_guard opening(OpenDatabaseFile::mutex());
    const int code = sqlite3_open_v2(uri.c_str(), &handle_, flags,
                                     mode == Mode::Memory ? nullptr : page_checksum_layer());
    if (code != SQLITE_OK) {
        const int system_error = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
        sqlite3_close_v2(handle_);
        throw CaseError(sentence(code, sqlite3_errstr(code), system_error, path_));
    }
    if (!path.empty())
        open_file_ = std::make_unique<OpenDatabaseFile>(whole);
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kPatience);
    if (mode == Mode::Create)
        reserve_checksums(handle_);
}

Database::~Database() {
    cached_.clear();
    sqlite3_close_v2(handle_);
}

void Database::run(const std::string& sql) {
    if (const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
        code != SQLITE_OK)
        fail(code);
}

Statement& Database::cached_statement(const std::string& sql) {
    auto& slot = cached_[sql];
    if (!slot)
        slot = std::make_unique<Statement>(*this, sql);
    used_.insert(slot.get());
    return slot->reset();
}

void Database::reset_used() {
    for (auto* const statement : used_)
        statement->reset();
    used_.clear();
}

std::int64_t Database::number(const std::string& sql) {
    auto statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

void Database::use_write_ahead_log() {
    // SQLite answers with the mode that it keeps.
    auto answer = prepare("PRAGMA journal_mode = WAL");
    if (answer.step() && answer.text(0) == "wal")
        return;
    throw CaseError("The case " + quoted(path_) +
                    " cannot be written safely where it is: SQLite cannot use a write-ahead log "
                    "there, so a crash could lose results. Keep the case on a local disk.");
}

void Database::checkpoint() {
    sqlite3_busy_timeout(handle_, 0);
    sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, kPatience);
}

void Database::fail(int code) const {
    if (const auto page = rejected_page(handle_); page && code == SQLITE_IOERR_DATA)
        throw CaseError("The case " + quoted(path_) + " is damaged: page " + std::to_string(*page) +
                        " does not match its checksum. `dfd case verify` gives details; continue "
                        "with an intact copy.");
    const int system_error = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN
                                 ? sqlite3_system_errno(handle_)
                                 : 0;
    throw CaseError(sentence(code, sqlite3_errmsg(handle_), system_error, path_));
}

Database::Mode reading_mode(const std::filesystem::path& path) {
    std::error_code ignored;
    const auto folder = std::filesystem::absolute(path).parent_path();
    const bool fixed = ::access(folder.c_str(), W_OK) != 0;
    return fixed && !std::filesystem::exists(path.native() + "-wal", ignored)
               ? Database::Mode::ReadImmutable
               : Database::Mode::Read;
}

Transaction::Transaction(Database& database) : database_(database), lock_(database) {
    database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!open_ || !database_.in_transaction())
        return;
    try {
        database_.run("ROLLBACK");
    } catch (...) {  // SQLite rolls back by itself when the connection closes
    }
}

void Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

}  // namespace dfd
