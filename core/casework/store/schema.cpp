#include "core/casework/store/schema.h"

#include <algorithm>
#include <array>

#include "core/base/wording.h"
#include "core/casework/store/derived.h"

namespace dfd {
namespace {

// Rows are written once. Columns below "derived" follow from other rows, exist only for speed, and
// are checked by `verify_case`. Nothing else is ever updated, and nothing is deleted.
constexpr const char* kTables = R"sql(
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    host TEXT NOT NULL,
    action TEXT NOT NULL,
    details TEXT NOT NULL,      -- a JSON object
    rows INTEGER NOT NULL,      -- written with this entry
    content BLOB NOT NULL,      -- SHA-256 of those rows
    previous BLOB NOT NULL,     -- digest of the entry before; 32 zero bytes for the first
    digest BLOB NOT NULL        -- SHA-256 of everything above
) STRICT;

-- A panel at a precision with a version of the preprocessing.
CREATE TABLE scorers (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL,       -- of panel.json
    precision TEXT NOT NULL,
    preprocessing INTEGER NOT NULL,
    name TEXT NOT NULL,
    starter INTEGER NOT NULL,
    panel TEXT NOT NULL,        -- the record, JSON
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (digest, precision, preprocessing)
) STRICT;

-- One run of a scan: who, where, with what.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    by TEXT NOT NULL,
    host TEXT NOT NULL,
    process INTEGER NOT NULL,
    device TEXT NOT NULL,
    device_name TEXT NOT NULL,
    versions TEXT NOT NULL,     -- JSON: [[library, version], ...]
    options TEXT NOT NULL,      -- JSON
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- A content; or a file whose bytes could not be read.
CREATE TABLE exhibits (
    id INTEGER PRIMARY KEY,
    sha256 BLOB UNIQUE,
    unread BLOB UNIQUE,         -- the file's path, when there is no digest
    bytes INTEGER NOT NULL,
    added INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED,
    -- derived from the sightings and marks:
    path BLOB NOT NULL DEFAULT x'',
    path_key BLOB NOT NULL DEFAULT x'',  -- orders as people do: img2 before img10
    path_text TEXT NOT NULL DEFAULT '',  -- what filters search
    modified INTEGER NOT NULL DEFAULT 0,
    copies INTEGER NOT NULL DEFAULT 0,
    mark INTEGER NOT NULL DEFAULT 0,
    CHECK ((sha256 IS NULL) <> (unread IS NULL))
) STRICT;
CREATE INDEX exhibits_entry ON exhibits (entry);
CREATE INDEX exhibits_path ON exhibits (path_key, path);

-- What decoding found out.
CREATE TABLE decoded (
    exhibit INTEGER PRIMARY KEY REFERENCES exhibits,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    phash INTEGER,              -- perceptual hash, 64 bits
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX decoded_entry ON decoded (entry);
CREATE TABLE facts (
    exhibit INTEGER PRIMARY KEY REFERENCES exhibits,
    facts TEXT NOT NULL,        -- JSON
    thumbnail BLOB NOT NULL     -- JPEG
) STRICT;

-- A file as it was at some time; gone when there is no exhibit.
CREATE TABLE sightings (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL,
    folder INTEGER NOT NULL,    -- bytes of the path that name its folder
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,  -- nanoseconds
    exhibit INTEGER REFERENCES exhibits,
    at INTEGER NOT NULL,
    session INTEGER NOT NULL REFERENCES sessions,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED,
    current INTEGER NOT NULL    -- derived: 1 for the last one of its path
) STRICT;
CREATE INDEX sightings_path ON sightings (path, current);
CREATE INDEX sightings_exhibit ON sightings (exhibit, current);
CREATE INDEX sightings_entry ON sightings (entry);

CREATE TABLE results (
    id INTEGER PRIMARY KEY,
    exhibit INTEGER NOT NULL REFERENCES exhibits,
    scorer INTEGER NOT NULL REFERENCES scorers,
    session INTEGER NOT NULL REFERENCES sessions,
    state INTEGER NOT NULL,     -- 1 scored, 2 failed
    score REAL,
    spread REAL,
    warned INTEGER NOT NULL,
    seconds REAL NOT NULL,
    scored INTEGER NOT NULL,    -- when
    warnings TEXT NOT NULL,     -- JSON: [sentence, ...]
    failure_code TEXT NOT NULL,
    failure TEXT NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED,
    current INTEGER NOT NULL,   -- derived: 1 for the last one of its key
    CHECK ((state = 1) = (score IS NOT NULL) AND (state = 1) = (spread IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX results_scored ON results (scorer, exhibit) WHERE state = 1;
CREATE INDEX results_current ON results (scorer, exhibit, state, score, spread, warned)
    WHERE current = 1;
CREATE INDEX results_entry ON results (entry);

CREATE TABLE opinions (
    result INTEGER NOT NULL REFERENCES results,
    expert INTEGER NOT NULL,    -- its place in the panel
    logit_real REAL NOT NULL,
    logit_fake REAL NOT NULL,
    score REAL NOT NULL,
    without REAL NOT NULL,
    PRIMARY KEY (result, expert)
) STRICT, WITHOUT ROWID;
CREATE TABLE maps (
    result INTEGER NOT NULL REFERENCES results,
    expert INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    native_rows INTEGER NOT NULL,
    native_columns INTEGER NOT NULL,
    scale REAL NOT NULL,
    halves BLOB NOT NULL,       -- rows x columns float16, little-endian; times scale
    PRIMARY KEY (result, expert)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
    id INTEGER PRIMARY KEY,
    exhibit INTEGER NOT NULL REFERENCES exhibits,
    mark INTEGER NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX marks_exhibit ON marks (exhibit, at);
CREATE INDEX marks_entry ON marks (entry);
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    exhibit INTEGER NOT NULL REFERENCES exhibits,
    tag TEXT NOT NULL,
    carried INTEGER NOT NULL,   -- 0: taken off
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX tags_exhibit ON tags (exhibit, tag, at);
CREATE INDEX tags_entry ON tags (entry);
CREATE TABLE carried_tags (     -- derived from the tags
    tag TEXT NOT NULL,
    exhibit INTEGER NOT NULL REFERENCES exhibits,
    PRIMARY KEY (tag, exhibit)
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_tags_exhibit ON carried_tags (exhibit);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    exhibit INTEGER NOT NULL REFERENCES exhibits,
    text TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX notes_exhibit ON notes (exhibit, at);
CREATE INDEX notes_entry ON notes (entry);

-- Of the case as a whole: its id, thresholds, what is shown, saved filters. The last of a key counts.
CREATE TABLE choices (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX choices_key ON choices (key, at);
CREATE INDEX choices_entry ON choices (entry);
)sql";

// A sweep over versions of an exhibit by one scorer; the last of a key counts, by the log's order.
constexpr const char* kStabilities = R"sql(
CREATE TABLE stabilities (
    id INTEGER PRIMARY KEY,
    exhibit INTEGER NOT NULL REFERENCES exhibits,
    scorer INTEGER NOT NULL REFERENCES scorers,
    device TEXT NOT NULL,
    record TEXT NOT NULL,       -- every point with its logits, JSON: stability_record
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    entry INTEGER NOT NULL REFERENCES log DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX stabilities_exhibit ON stabilities (exhibit, scorer, at);
CREATE INDEX stabilities_entry ON stabilities (entry);
)sql";

// Results of pictures outside of what a question of the panel was measured on.
constexpr const char* kScopes = R"sql(
CREATE TABLE scopes (
    result INTEGER PRIMARY KEY REFERENCES results,
    traits TEXT NOT NULL,       -- JSON: {name: number}
    withheld INTEGER NOT NULL   -- 1: no question has an assessment
) STRICT;
)sql";

constexpr std::array<BoundTable, 15> kBound{{
    {"scorers",
     "SELECT id, digest, precision, preprocessing, name, starter, panel FROM scorers "
     "WHERE entry = ?1 ORDER BY id"},
    {"sessions",
     "SELECT id, uuid, started, by, host, process, device, device_name, versions, options "
     "FROM sessions WHERE entry = ?1 ORDER BY id"},
    {"exhibits",
     "SELECT id, sha256, unread, bytes, added FROM exhibits WHERE entry = ?1 ORDER BY id"},
    {"decoded",
     "SELECT exhibit, width, height, phash FROM decoded WHERE entry = ?1 ORDER BY exhibit"},
    {"facts",
     "SELECT exhibit, facts, thumbnail FROM facts WHERE exhibit IN "
     "(SELECT exhibit FROM decoded WHERE entry = ?1) ORDER BY exhibit"},
    {"sightings",
     "SELECT id, path, folder, size, modified, exhibit, at, session FROM sightings "
     "WHERE entry = ?1 ORDER BY id"},
    {"results",
     "SELECT id, exhibit, scorer, session, state, score, spread, warned, seconds, scored, "
     "warnings, failure_code, failure FROM results WHERE entry = ?1 ORDER BY id"},
    {"opinions",
     "SELECT result, expert, logit_real, logit_fake, score, without FROM opinions "
     "WHERE result IN (SELECT id FROM results WHERE entry = ?1) ORDER BY result, expert"},
    {"maps",
     "SELECT result, expert, rows, columns, native_rows, native_columns, scale, halves FROM maps "
     "WHERE result IN (SELECT id FROM results WHERE entry = ?1) ORDER BY result, expert"},
    {"marks", "SELECT id, exhibit, mark, by, at FROM marks WHERE entry = ?1 ORDER BY id"},
    {"tags", "SELECT id, exhibit, tag, carried, by, at FROM tags WHERE entry = ?1 ORDER BY id"},
    {"notes", "SELECT id, exhibit, text, by, at FROM notes WHERE entry = ?1 ORDER BY id"},
    {"choices", "SELECT id, key, value, by, at FROM choices WHERE entry = ?1 ORDER BY id"},
    {"stabilities",
     "SELECT id, exhibit, scorer, device, record, by, at FROM stabilities WHERE entry = ?1 "
     "ORDER BY id",
     kStabilityVersion},
    {"scopes",
     "SELECT result, traits, withheld FROM scopes WHERE result IN (SELECT id FROM results WHERE "
     "entry = ?1) ORDER BY result",
     kScopesVersion},
}};

/// The " OF ..." clause with the columns that must not change; empty: all columns.
std::string fixed_columns(const std::string& table) {
    if (table == "exhibits")
        return " OF id, sha256, unread, bytes, added, entry";
    if (table == "sightings")
        return " OF id, path, folder, size, modified, exhibit, at, session, entry";
    if (table == "results")
        return " OF id, exhibit, scorer, session, state, score, spread, warned, seconds, scored, "
               "warnings, failure_code, failure, entry";
    return {};
}

void forbid_changes(Database& database, const std::string& table) {
    const std::string refuse = " BEGIN SELECT RAISE(ABORT, 'a case only grows: " + table +
                               " cannot be changed or deleted'); END;";
    database.run("CREATE TRIGGER " + table + "_kept BEFORE DELETE ON " + table + refuse +
                 "CREATE TRIGGER " + table + "_fixed BEFORE UPDATE" + fixed_columns(table) +
                 " ON " + table + refuse);
}

void first_version(Database& database) {
    database.run(kTables);
    forbid_changes(database, "log");
    for (const auto& table : bound_tables(1))
        forbid_changes(database, table.name);
    database.run("PRAGMA application_id = " + std::to_string(kApplicationId));
}

void second_version(Database& database) {
    database.run(kStabilities);
    forbid_changes(database, "stabilities");
}

/// No table changes, but what counts does: the log's order instead of the clock's.
void third_version(Database& database) {
    refresh_all_derived(database);
}

void fourth_version(Database& database) {
    database.run(kScopes);
    forbid_changes(database, "scopes");
}

}  // namespace

const std::vector<Migration>& migrations() {
    static const std::vector<Migration> steps{first_version, second_version, third_version,
                                              fourth_version};
    return steps;
}

std::span<const BoundTable> bound_tables(int version) {
    const auto count =
        std::ranges::count_if(kBound, [&](const auto& table) { return table.since <= version; });
    return std::span(kBound).first(static_cast<std::size_t>(count));
}

std::span<const BoundTable> bound_tables() {
    return kBound;
}

int schema_version(Database& database) {
    const auto application = database.number("PRAGMA application_id");
    const auto version = static_cast<int>(database.number("PRAGMA user_version"));
    if (application == kApplicationId)
        return version;
    if (application == 0 && version == 0 &&
        database.number("SELECT count(*) FROM sqlite_schema") == 0)
        return 0;
    throw CaseError(
        quoted(database.path()) +
        " is not a case: it is a SQLite database of another program. Choose another file.");
}

int migrate(Database& database, std::span<const Migration> steps) {
    const int found = schema_version(database);
    const int newest = static_cast<int>(steps.size());
    if (found > newest)
        throw CaseError("The case " + quoted(database.path()) + " has version " +
                        std::to_string(found) + ", but this program supports only versions up to " +
                        std::to_string(newest) + ". Open it with a newer version of the program.");
    for (int version = found; version < newest; ++version) {
        Transaction transaction(database);
        steps[static_cast<std::size_t>(version)](database);
        database.run("PRAGMA user_version = " + std::to_string(version + 1));
        transaction.commit();
    }
    return found;
}

}  // namespace dfd
