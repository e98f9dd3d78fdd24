#include "core/casework/store/interrupted_scans.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/database/sqlite.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::json;

/// Without "looked_at", in entries of older versions, the counts of which it is the sum.
std::optional<std::int64_t> not_looked_at(const Json& details) {
    if (!details.contains("found"))
        return std::nullopt;
    std::int64_t looked_at = details.value("looked_at", std::int64_t{-1});
    if (looked_at < 0) {
        looked_at = 0;
        for (const auto* count : {"unchanged", "known", "elsewhere", "scored", "failed"})
            looked_at += details.value(count, std::int64_t{0});
    }
    return details.at("found").get<std::int64_t>() - looked_at;
}

struct Scan {
    InterruptedScan scan;
    std::string session;
    bool over = false;  ///< an entry says how it ended
};

/// How far a scan came that could not say so at its end.
std::optional<std::int64_t> last_known(Database& database, const std::string& session) {
    auto row = database.prepare(
        "SELECT details FROM log WHERE action = ?1 AND instr(details, ?2) > 0 ORDER BY seq DESC "
        "LIMIT 1",
        scan_actions::kResults, session);
    return row.step() ? not_looked_at(Json::parse(row.text(0))) : std::nullopt;
}

std::vector<InterruptedScan> read(const CaseFile& file, bool writer_may_scan) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto rows = database.prepare(
        "SELECT action, details, at, by FROM log WHERE action IN (?1, ?2, ?3) ORDER BY seq",
        scan_actions::kBegan, scan_actions::kStopped, scan_actions::kEnded);
    std::map<std::string, Scan> open;               // by what is scanned; the last one counts
    std::map<std::string, std::string> of_session;  // what a session scans
    std::string last_session;
    while (rows.step()) {
        const auto action = rows.text(0);
        const auto details = Json::parse(rows.text(1));
        const auto session = details.at("session").get<std::string>();
        if (action == scan_actions::kBegan) {
            const auto& options = details.at("options");
            const auto what = json_line(Json{options.at("paths"), options.at("recursive"),
                                             options.at("shard"), options.at("shards")});
            auto paths = options.at("paths").get<std::vector<std::string>>();
            const bool whole = options.at("recursive") == true && options.at("shards") == 1 &&
                               std::ranges::all_of(paths, [](const std::string& path) {
                                   return path.starts_with('/');
                               });
            open[what] = {{rows.integer(2), rows.text(3), std::move(paths), std::nullopt, whole},
                          session,
                          false};
            of_session[session] = what;
            last_session = session;
            continue;
        }
        const auto what = of_session.find(session);
        if (what == of_session.end())
            continue;
        const auto scan = open.find(what->second);
        if (scan == open.end() || scan->second.session != session)
            continue;
        scan->second.over = true;
        scan->second.scan.not_looked_at =
            action == scan_actions::kEnded ? std::int64_t{0} : not_looked_at(details);
    }
    const bool writing = writer_may_scan && file.writer().has_value();
    std::vector<InterruptedScan> found;
    for (auto& [what, each] : open) {
        if (!each.over) {
            if (writing && each.session == last_session)
                continue;  // it may be running
            each.scan.not_looked_at = last_known(database, each.session);
        }
        if (each.scan.not_looked_at.value_or(1) > 0)
            found.push_back(std::move(each.scan));
    }
    return found;
}

}  // namespace

std::vector<InterruptedScan> interrupted_scans(const CaseFile& file, bool writer_may_scan) {
    try {
        return read(file, writer_may_scan);
    } catch (const Json::exception&) {
        throw CaseError("The audit log of the case " + visible(file.path().native()) +
                        " is damaged; `dfd case verify` gives details.");
    }
}

std::string interruption_sentence(const InterruptedScan& scan) {
    const auto paths = joined(scan.paths, ", ", [](const auto& path) { return visible(path); });
    const auto by = visible(scan.by), began = iso_time(scan.began);
    if (!scan.not_looked_at)
        return say(
            "An unknown number of files was not looked at, because the scan of %1 that %2 "
            "began on %3 was interrupted; scan the same paths again to continue.",
            {paths, by, began});
    return say_count(static_cast<std::size_t>(*scan.not_looked_at),
                     "%1 file was not looked at, because the scan of %2 that %3 began on %4 was "
                     "interrupted; scan the same paths again to continue.",
                     "%1 files were not looked at, because the scan of %2 that %3 began on %4 was "
                     "interrupted; scan the same paths again to continue.",
                     {paths, by, began});
}

}  // namespace dfd
