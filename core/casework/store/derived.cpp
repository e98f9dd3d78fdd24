#include "core/casework/store/derived.h"

#include <algorithm>
#include <map>

#include "core/casework/store/paths.h"

namespace dfd {

DerivedColumns derive_columns(Database& database, RowId exhibit) {
    const auto lock = database.lock();
    DerivedColumns columns;
    // A path is as old as its first sighting with this content, whatever was recorded of it later.
    struct Place {
        std::int64_t modified = 0;
        bool current = false;
    };
    std::vector<std::string> in_order;
    std::map<std::string, Place> places;
    auto& sightings = database.cached(
        "SELECT path, modified, current FROM sightings WHERE exhibit = ?1 ORDER BY id", exhibit);
    while (sightings.step()) {
        const auto [place, added] = places.try_emplace(as_text(sightings.blob(0)));
        if (added)
            in_order.push_back(place->first);
        place->second.modified = sightings.integer(1);
        place->second.current |= sightings.integer(2) == 1;
    }
    columns.copies =
        std::ranges::count_if(places, [](const auto& each) { return each.second.current; });
    for (const auto& path : in_order) {
        const auto& place = places.at(path);
        if (columns.copies > 0 && !place.current)
            continue;
        columns.path = path;
        columns.path_key = natural_key(path);
        columns.modified = place.modified / 1'000'000;
        break;
    }
    columns.path_text = search_text(columns.path);
    auto& mark = database.cached(
        "SELECT mark FROM marks WHERE exhibit = ?1 ORDER BY id DESC LIMIT 1", exhibit);
    if (mark.step())
        columns.mark = mark.small(0);
    return columns;
}

DerivedColumns derived_columns(Database& database, RowId exhibit) {
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

void refresh_derived(Database& database, const std::set<RowId>& exhibits) {
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

std::vector<RowId> wrongly_current(Database& database) {
    const auto lock = database.lock();
    auto rows = database.prepare(
        "SELECT s.path, s.id, s.at, s.current, l.action = ?1 FROM sightings s JOIN log l ON l.seq "
        "= s.entry ORDER BY s.path, s.id",
        kMergedRows);
    struct Sighting {
        RowId id = 0;
        bool current = false;
    };
    std::vector<RowId> wrong;
    std::vector<Sighting> of_path;
    std::size_t last = 0;
    CaseTime last_at = 0;
    const auto judge = [&] {
        for (std::size_t i = 0; i < of_path.size(); ++i)
            if (of_path[i].current != (i == last))
                wrong.push_back(of_path[i].id);
        of_path.clear();
    };
    Blob path;
    while (rows.step()) {
        if (auto next = rows.blob(0); of_path.empty() || next != path) {
            judge();
            path = std::move(next);
        }
        const bool merged = rows.integer(4) != 0;
        if (of_path.empty() || !merged || rows.integer(2) >= last_at) {
            last = of_path.size();
            last_at = rows.integer(2);
        }
        of_path.push_back({rows.integer(1), rows.integer(3) != 0});
    }
    judge();
    return wrong;
}

void refresh_all_derived(Database& database) {
    const auto lock = database.lock();
    for (const auto id : wrongly_current(database))
        database.cached("UPDATE sightings SET current = 1 - current WHERE id = ?1", id).run();
    std::set<RowId> exhibits;
    auto ids = database.prepare("SELECT id FROM exhibits");
    while (ids.step())
        exhibits.insert(ids.integer(0));
    refresh_derived(database, exhibits);
    std::vector<std::pair<RowId, std::string>> tags;
    auto rows = database.prepare("SELECT DISTINCT exhibit, tag FROM tags");
    while (rows.step())
        tags.emplace_back(rows.integer(0), rows.text(1));
    for (const auto& [exhibit, tag] : tags)
        refresh_derived_tag(database, exhibit, tag);
}

bool has_tag(Database& database, RowId exhibit, const std::string& tag) {
    const auto lock = database.lock();
    auto& last = database.cached(
        "SELECT carried FROM tags WHERE exhibit = ?1 AND tag = ?2 ORDER BY id DESC LIMIT 1",
        exhibit, tag);
    return last.step() && last.integer(0) != 0;
}

void refresh_derived_tag(Database& database, RowId exhibit, const std::string& tag) {
    const auto lock = database.lock();
    database
        .cached(has_tag(database, exhibit, tag)
                    ? "INSERT OR IGNORE INTO carried_tags (tag, exhibit) VALUES (?1, ?2)"
                    : "DELETE FROM carried_tags WHERE tag = ?1 AND exhibit = ?2",
                tag, exhibit)
        .run();
}

}  // namespace dfd
