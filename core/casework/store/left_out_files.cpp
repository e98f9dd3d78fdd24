#include "core/casework/store/left_out_files.h"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/store/interrupted_scans.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::json;

LeftOutFiles files_in(const Json& details, const char* kind) {
    if (!details.contains(kind))
        return {};
    const auto& files = details.at(kind);
    return {files.at("count").get<std::int64_t>(),
            files.at("files").get<std::vector<std::string>>()};
}

std::vector<LeftOutOfScan> read(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto rows = database.prepare(
        "SELECT action, details FROM log WHERE action IN (?1, ?2, ?3) ORDER BY seq",
        scan_actions::kBegan, scan_actions::kStopped, scan_actions::kEnded);
    std::map<std::string, LeftOutOfScan> last;      // by what was scanned
    std::map<std::string, std::string> of_session;  // what a session scans
    while (rows.step()) {
        const auto details = Json::parse(rows.text(1));
        const auto session = details.at("session").get<std::string>();
        if (rows.text(0) == scan_actions::kBegan) {
            // Every shard lists the same files.
            const auto& options = details.at("options");
            const auto what = json_line(Json{options.at("paths"), options.at("recursive")});
            of_session[session] = what;
            last[what].paths = options.at("paths").get<std::vector<std::string>>();
        } else if (const auto what = of_session.find(session); what != of_session.end()) {
            auto& scan = last.at(what->second);
            scan.misnamed = files_in(details, "misnamed");
            scan.unsupported = files_in(details, "unsupported");
        }
    }
    std::vector<LeftOutOfScan> found;
    for (auto& [what, scan] : last)
        if (scan.misnamed.count + scan.unsupported.count > 0)
            found.push_back(std::move(scan));
    return found;
}

std::string paths_text(const LeftOutOfScan& scan) {
    return joined(scan.paths, ", ", [](const auto& path) { return visible(path); });
}

}  // namespace

std::vector<LeftOutOfScan> left_out_of_scans(const CaseFile& file) {
    try {
        return read(file);
    } catch (const Json::exception&) {
        throw CaseError("The audit log of the case " + visible(file.path().native()) +
                        " is damaged; `dfd case verify` gives details.");
    }
}

std::string misnamed_sentence(const LeftOutOfScan& scan) {
    return say_count(static_cast<std::size_t>(scan.misnamed.count),
                     "%1 file is a picture by content, but not by name, and was left out of the "
                     "scan of %2; name it itself to include it.",
                     "%1 files are pictures by content, but not by name, and were left out of the "
                     "scan of %2; name a file itself to include it.",
                     {paths_text(scan)});
}

std::string unsupported_sentence(const LeftOutOfScan& scan) {
    return say_count(static_cast<std::size_t>(scan.unsupported.count),
                     "%1 file is a picture of a kind that is not supported and was left out of the "
                     "scan of %2; export it as PNG, TIFF or JPEG first.",
                     "%1 files are pictures of kinds that are not supported and were left out of "
                     "the scan of %2; export them as PNG, TIFF or JPEG first.",
                     {paths_text(scan)});
}

}  // namespace dfd
