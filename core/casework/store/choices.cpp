#include "core/casework/store/choices.h"

namespace dfd {

std::optional<std::string> read_choice(Database& database, const std::string& key) {
    const auto lock = database.lock();
    auto& row =
        database.cached("SELECT value FROM choices WHERE key = ?1 ORDER BY id DESC LIMIT 1", key);
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

std::map<std::string, std::string> read_choices(Database& database, const std::string& start) {
    const auto lock = database.lock();
    auto& rows = database.cached(
        "SELECT key, value FROM choices WHERE substr(key, 1, length(?1)) = ?1 ORDER BY id", start);
    std::map<std::string, std::string> found;
    while (rows.step())
        found[rows.text(0).substr(start.size())] = rows.text(1);
    return found;
}

void record_choice(Recording& recording, const std::string& key, const std::string& value) {
    // The log has the author, too; the row needs it so that merged cases keep it.
    recording.database().insert("choices (key, value, by, at, entry)", key, value, recording.by(),
                                recording.at(), recording.entry());
}

}  // namespace dfd
