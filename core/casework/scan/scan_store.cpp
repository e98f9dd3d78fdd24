#include "core/casework/scan/scan_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "core/base/hexadecimal.h"
#include "core/base/wording.h"
#include "core/casework/database/writer_lock.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/store/choices.h"
#include "core/casework/store/derived.h"
#include "core/casework/store/interrupted_scans.h"
#include "core/casework/store/left_out_files.h"
#include "core/engine/results/json_paths.h"
#include "core/panel/calibration_json.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// A file that was written within this time before it was read may change again without a new time.
constexpr CaseTime kCoarsestClock = 2000;

bool trusted(std::int64_t modified, CaseTime at) {
    return modified / 1'000'000 + kCoarsestClock < at;
}

/// Failures of the machine rather than of the picture are retryable.
bool settled(int state, const std::string& code) {
    return state == kScoredState ||
           (state == kFailedState && code != failure_codes::kDevice &&
            code != failure_codes::kOutOfMemory && code != failure_codes::kInternal);
}

Json options_json(const ScanOptions& options) {
    Json paths = Json::array();
    for (const auto& path : options.paths)
        paths.push_back(path.native());
    return {
        {"paths", paths},         {"recursive", options.recursive}, {"rehash", options.rehash},
        {"watch", options.watch}, {"shard", options.shard},         {"shards", options.shards},
        {"batch", options.batch}, {"maps", options.maps},           {"map_side", options.map_side}};
}

/// How many, and the first of them by their paths.
Json left_out_json(const std::vector<std::filesystem::path>& files) {
    Json json{{"count", files.size()}};
    set_paths(json, "files", std::span(files).first(std::min(files.size(), kNamedLeftOut)));
    return json;
}

/// What a session stores: the options, and the device's details besides its id and name.
std::string session_text(const ScanOptions& options, const DeviceInfo& device) {
    auto json = options_json(options);
    json["device"] = {{"detail", device.detail}, {"threads", device.threads}};
    return json_line(json);
}

}  // namespace

ScanStore::ScanStore(CaseFile& file, const Evaluator& evaluator, const ScanOptions& options)
    : file_(file), database_(file.database()), uuid_(random_id()) {
    Recording recording(file);
    const auto& panel = evaluator.panel();
    const ScorerRow scorer{panel.digest,          precision_name(evaluator.precision()),
                           kPreprocessingVersion, panel.name,
                           panel.starter,         panel_text(panel)};
    scorer_ = add_scorer(recording, scorer);
    const auto kept = recorded_scorer(file, scorer_).panel;
    if (!panel.calibration.empty() && kept.calibration != panel.calibration)
        throw CaseError("The case " + quoted(file.path()) + " was scored with " +
                        (kept.calibrations.empty()  ? "no calibration"
                         : kept.calibration.empty() ? "the calibration without a name"
                                                    : "the calibration " + kept.calibration) +
                        " of this panel, and a case has one. Leave the choice out, or scan into "
                        "another case to use " +
                        panel.calibration + ".");
    const auto who = this_writer();
    session_ = add_session(
        recording, {uuid_, recording.at(), recording.by(), who.host, who.process,
                    evaluator.device().id, evaluator.device().name,
                    versions_text(library_versions()), session_text(options, evaluator.device())});
    const auto shown =
        scorer.digest + ' ' + scorer.precision + ' ' + std::to_string(scorer.preprocessing);
    if (read_choice(database_, choice_keys::kScorer) != shown)
        record_choice(recording, choice_keys::kScorer, shown);
    recording.finish(scan_actions::kBegan, json_line({{"session", uuid_},
                                                      {"panel", panel.name},
                                                      {"panel_digest", panel.digest},
                                                      {"precision", scorer.precision},
                                                      {"preprocessing", scorer.preprocessing},
                                                      {"options", options_json(options)}}));
    if (calibrations_text(kept.calibrations) != calibrations_text(chosen_calibrations(panel)))
        recorded_ = calibration_for(kept, scorer.precision);
}

bool ScanStore::unchanged(const SeenFile& file) {
    const auto lock = database_.lock();
    auto& row = database_.cached(
        "SELECT s.size, s.modified, s.at, r.state, r.failure_code FROM sightings s JOIN exhibits e "
        "ON e.id = s.exhibit JOIN results r ON r.exhibit = e.id AND r.scorer = ?2 AND r.current = "
        "1 WHERE s.path = ?1 AND s.current = 1 AND e.sha256 IS NOT NULL",
        as_bytes(file.path), scorer_);
    return row.step() && row.integer(0) == file.size && row.integer(1) == file.modified &&
           trusted(row.integer(1), row.integer(2)) && settled(row.small(3), row.text(4));
}

ScanStore::Known ScanStore::known(const Blob& sha256) {
    const auto lock = database_.lock();
    auto& row = database_.cached(
        "SELECT e.id, r.state, r.failure_code FROM exhibits e LEFT JOIN results r ON r.exhibit = "
        "e.id AND r.scorer = ?2 AND r.current = 1 WHERE e.sha256 = ?1",
        sha256, scorer_);
    if (!row.step())
        return {};
    return {row.integer(0), !row.is_null(1) && settled(row.small(1), row.text(2))};
}

bool ScanStore::worth_recording(const SeenFile& file, RowId exhibit) {
    const auto lock = database_.lock();
    auto& row = database_.cached(
        "SELECT size, modified, at FROM sightings WHERE path = ?1 AND current = 1 AND exhibit = ?2",
        as_bytes(file.path), exhibit);
    return !row.step() || row.integer(0) != file.size || row.integer(1) != file.modified ||
           !trusted(row.integer(1), row.integer(2));
}

bool ScanStore::was_present(const std::string& path) {
    const auto lock = database_.lock();
    return database_
        .cached(
            "SELECT 1 FROM sightings s JOIN exhibits e ON e.id = s.exhibit WHERE s.path = ?1 AND "
            "s.current = 1 AND e.sha256 IS NOT NULL",
            as_bytes(path))
        .step();
}

std::vector<std::string> ScanStore::recorded_in(const std::string& folder, bool recursive) {
    // Paths that begin with "FOLDER/": from there to before "FOLDER0", the next byte.
    const auto start = folder.ends_with('/') ? folder : folder + '/';
    auto end = start;
    ++end.back();
    const auto lock = database_.lock();
    auto rows = database_.prepare(
        "SELECT path FROM sightings WHERE current = 1 AND exhibit IS NOT NULL AND path >= ?1 AND "
        "path < ?2 AND (?3 OR folder = ?4) UNION ALL SELECT path FROM sightings WHERE current = 1 "
        "AND exhibit IS NOT NULL AND path = ?5",
        as_bytes(start), as_bytes(end), recursive, static_cast<std::int64_t>(start.size() - 1),
        as_bytes(folder));
    std::vector<std::string> paths;
    while (rows.step())
        paths.push_back(as_text(rows.blob(0)));
    return paths;
}

std::vector<RowId> ScanStore::write(const ScanBatch& batch, const ScanProgress& so_far) {
    Recording recording(file_);
    std::set<RowId> touched;
    std::int64_t exhibits = 0, scored = 0, failed = 0, sightings = 0;
    const auto see = [&](const SeenFile& seen, std::optional<RowId> exhibit) {
        add_sighting(recording, {seen.path, seen.size, seen.modified, exhibit, seen.at, session_},
                     touched, RowSource::Here);
        ++sightings;
    };
    std::vector<RowId> ids;
    for (const auto& picture : batch.pictures) {
        bool added = false;
        const auto exhibit = add_exhibit(recording, picture.content, &added);
        ids.push_back(exhibit);
        exhibits += added ? 1 : 0;
        auto result = picture.result;
        result.exhibit = exhibit;
        result.scorer = scorer_;
        result.session = session_;
        if (add_result(recording, result, RowSource::Here))
            ++(result.state == kScoredState ? scored : failed);
        for (const auto& seen : picture.files)
            if (added || worth_recording(seen, exhibit))
                see(seen, exhibit);
    }
    for (const auto& [seen, exhibit] : batch.sightings)
        if (!exhibit || worth_recording(seen, *exhibit))
            see(seen, exhibit);
    for (const auto& [seen, failure] : batch.unread) {
        bool added = false;
        const auto exhibit =
            add_exhibit(recording, {{}, seen.path, 0, seen.at, std::nullopt}, &added);
        exhibits += added ? 1 : 0;
        ResultRow result;
        result.exhibit = exhibit;
        result.scorer = scorer_;
        result.session = session_;
        result.state = kFailedState;
        result.scored = seen.at;
        result.failure_code = failure.code;
        result.failure = failure.message;
        failed += add_result(recording, result, RowSource::Here) ? 1 : 0;
        if (added || worth_recording(seen, exhibit))
            see(seen, exhibit);
    }
    refresh_derived(database_, touched);
    if (exhibits + scored + failed + sightings > 0)  // else nothing is new, and it is rolled back
        recording.finish(scan_actions::kResults, json_line({{"session", uuid_},
                                                            {"exhibits", exhibits},
                                                            {"scored", scored},
                                                            {"failed", failed},
                                                            {"files", sightings},
                                                            {"found", so_far.found},
                                                            {"looked_at", so_far.looked_at}}));
    return ids;
}

void ScanStore::finish(const ScanProgress& counts, bool stopped) {
    Recording recording(file_);
    recording.finish(stopped ? scan_actions::kStopped : scan_actions::kEnded,
                     json_line({{"session", uuid_},
                                {"found", counts.found},
                                {"looked_at", counts.looked_at},
                                {"unchanged", counts.unchanged},
                                {"known", counts.known},
                                {"elsewhere", counts.elsewhere},
                                {"scored", counts.scored},
                                {"failed", counts.failed},
                                {"gone", counts.gone},
                                {"misnamed", left_out_json(counts.left_out.misnamed)},
                                {"unsupported", left_out_json(counts.left_out.unsupported)}}));
}

}  // namespace dfd
