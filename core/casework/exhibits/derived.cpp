#include "core/casework/exhibits/derived.h"

#include "core/casework/store/paths.h"

namespace dfd {

DerivedColumns derive_columns(Database& database, ExhibitId exhibit) {
    const auto lock = database.lock();
    DerivedColumns columns;
    auto& sightings = database.cached(
        "SELECT path, modified, current FROM sightings WHERE exhibit = ?1 ORDER BY current DESC, "
        "at DESC, path",
        exhibit);
    for (bool first = true; sightings.step(); first = false) {
        const bool current = sightings.integer(2) == 1;
        if (!current && !first)
            break;
        const auto path = as_text(sightings.blob(0));
        auto key = natural_key(path);
        if (first || std::tie(key, path) < std::tie(columns.path_key, columns.path)) {
            columns.path = path;
            columns.path_key = std::move(key);
            columns.modified = sightings.integer(1) / 1'000'000;
        }
        columns.copies += current ? 1 : 0;
    }
    sightings.reset();
    columns.path_text = search_text(columns.path);
    auto& mark = database.cached(
        "SELECT mark FROM marks WHERE exhibit = ?1 ORDER BY at DESC, id DESC LIMIT 1", exhibit);
    if (mark.step())
        columns.mark = mark.small(0);
    return columns;
}

DerivedColumns derived_columns(Database& database, ExhibitId exhibit) {
    const auto lock = database.lock();
    DerivedColumns columns;
    auto& row = database.cached(
        "SELECT path, path_key, path_text, modified, copies, mark FROM exhibits WHERE id = ?1",
        exhibit);
    if (!row.step())
        return columns;
    columns.path = as_text(row.blob(0));
    columns.path_key = row.blob(1);
    columns.path_text = row.text(2);
    columns.modified = row.integer(3);
    columns.copies = row.integer(4);
    columns.mark = row.small(5);
    return columns;
}

void refresh_derived(Database& database, const std::set<ExhibitId>& exhibits) {
    const auto lock = database.lock();
    for (const auto exhibit : exhibits) {
        const auto columns = derive_columns(database, exhibit);
        database
            .cached(
                "UPDATE exhibits SET path = ?2, path_key = ?3, path_text = ?4, modified = ?5, "
                "copies = ?6, mark = ?7 WHERE id = ?1",
                exhibit, as_bytes(columns.path), columns.path_key, columns.path_text,
                columns.modified, columns.copies, columns.mark)
            .run();
    }
}

bool has_tag(Database& database, ExhibitId exhibit, const std::string& tag) {
    const auto lock = database.lock();
    auto& last = database.cached(
        "SELECT carried FROM tags WHERE exhibit = ?1 AND tag = ?2 ORDER BY at DESC, id DESC LIMIT "
        "1",
        exhibit, tag);
    return last.step() && last.integer(0) != 0;
}

void refresh_derived_tag(Database& database, ExhibitId exhibit, const std::string& tag) {
    const auto lock = database.lock();
    database
        .cached(has_tag(database, exhibit, tag)
                    ? "INSERT OR IGNORE INTO carried_tags (tag, exhibit) VALUES (?1, ?2)"
                    : "DELETE FROM carried_tags WHERE tag = ?1 AND exhibit = ?2",
                tag, exhibit)
        .run();
}

}  // namespace dfd
