#include "core/casework/store/recording.h"

#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/casework/database/writer_lock.h"
#include "core/casework/store/schema.h"

namespace dfd {
namespace {

void append(Blob& out, std::int64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
        out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift));
}

void append(Blob& out, std::span<const std::uint8_t> bytes) {
    append(out, static_cast<std::int64_t>(bytes.size()));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

BoundRows bound_rows(Database& database, std::int64_t entry, std::vector<std::int64_t>* per_table) {
    BoundRows bound;
    Blob chain;  // one digest per table, so that a batch of any size is hashed in pieces
    const auto lock = database.lock();
    std::size_t table = 0;
    const auto tables = bound_tables(schema_version(database));
    for (const auto& each : tables) {
        auto& rows = database.cached(each.rows, entry);
        Blob content;
        std::int64_t count = 0;
        for (; rows.step(); ++count) {
            rows.append_row(content);
            if (content.size() > (std::size_t{1} << 22))
                content = from_hex(sha256_hex(content));
        }
        if (count > 0 || each.since == 1) {
            append(chain, as_bytes(each.name));
            append(chain, count);
            append(chain, std::span<const std::uint8_t>(from_hex(sha256_hex(content))));
        }
        bound.rows += count;
        if (per_table != nullptr) {
            per_table->resize(tables.size());
            (*per_table)[table] += count;
        }
        ++table;
    }
    bound.digest = from_hex(sha256_hex(chain));
    return bound;
}

Blob entry_digest(const Blob& previous, const LogEntry& entry, const Blob& content) {
    Blob input;
    append(input, std::span<const std::uint8_t>(previous));
    append(input, entry.number);
    append(input, entry.at);
    for (const auto* text : {&entry.by, &entry.host, &entry.action, &entry.details})
        append(input, as_bytes(*text));
    append(input, entry.rows);
    append(input, std::span<const std::uint8_t>(content));
    return from_hex(sha256_hex(input));
}

Recording::Recording(CaseFile& file, const std::string& by)
    : by_((file.require_writable(), by.empty() ? file.by() : by)),
      database_(file.database()),
      transaction_(database_),
      entry_(database_.number("SELECT coalesce(max(seq), 0) + 1 FROM log")),
      at_(case_time_now()) {
    auto& last = database_.cached("SELECT at FROM log WHERE seq = ?1", entry_ - 1);
    if (!last.step() || at_ + kClockStep > last.integer(0))
        return;
    const auto before = iso_time(last.integer(0));
    last.reset();
    append_entry(kClockWentBack,
                 R"({"from": ")" + before + R"(", "to": ")" + iso_time(at_) + R"("})");
    ++entry_;
}

void Recording::append_entry(const std::string& action, const std::string& details) {
    LogEntry entry;
    entry.number = entry_;
    entry.at = at_;
    entry.by = by_;
    entry.host = this_writer().host;
    entry.action = action;
    entry.details = details;
    const auto bound = bound_rows(database_, entry_);
    entry.rows = bound.rows;
    Blob previous(32, 0);
    if (auto& last = database_.cached("SELECT digest FROM log WHERE seq = ?1", entry_ - 1);
        last.step())
        previous = last.blob(0);
    database_.insert("log (seq, at, by, host, action, details, rows, content, previous, digest)",
                     entry_, at_, entry.by, entry.host, action, details, entry.rows, bound.digest,
                     previous, entry_digest(previous, entry, bound.digest));
}

void Recording::finish(const std::string& action, const std::string& details) {
    append_entry(action, details);
    transaction_.commit();
}

std::vector<LogEntry> read_log(const CaseFile& file, std::int64_t first, std::int64_t most) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto rows = database.prepare(
        "SELECT seq, at, by, host, action, details, rows, digest FROM log WHERE seq >= ?1 ORDER BY "
        "seq LIMIT ?2",
        first, most);
    std::vector<LogEntry> entries;
    while (rows.step()) {
        auto& entry = entries.emplace_back();
        entry.number = rows.integer(0);
        entry.at = rows.integer(1);
        entry.by = rows.text(2);
        entry.host = rows.text(3);
        entry.action = rows.text(4);
        entry.details = rows.text(5);
        entry.rows = rows.integer(6);
        entry.digest = to_hex(rows.blob(7));
    }
    return entries;
}

LogEntry last_entry(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    const auto entries = read_log(file, database.number("SELECT max(seq) FROM log"), 1);
    if (entries.empty())
        throw CaseError("The audit log of the case " + file.path().string() + " is empty.");
    return entries.front();
}

}  // namespace dfd
