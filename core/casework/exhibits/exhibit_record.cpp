#include "core/casework/exhibits/exhibit_record.h"

#include <algorithm>
#include <bit>

#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/exhibits/recorded_expert.h"
#include "core/casework/store/case_rows.h"
#include "core/picture/file_bytes.h"

namespace dfd {
namespace {

PanelRecord panel_of_row(const std::string& text, const std::string& digest) {
    auto panel = panel_of(text);
    panel.digest = digest;
    return panel;
}

Precision precision_of(const std::string& name) {
    for (const auto precision : {Precision::BFloat16, Precision::Float16})
        if (name == precision_name(precision))
            return precision;
    return Precision::Float32;
}

PanelOpinion read_opinion(Database& database, RowId result, const PanelRecord& panel, bool maps) {
    auto opinion = open_opinion(panel);
    auto& rows = database.cached(
        "SELECT " + kOpinionColumns + " FROM opinions WHERE result = ?1 ORDER BY expert", result);
    while (rows.step())
        opinion.experts.push_back(recorded_expert(rows, 0, panel));
    add_unavailable(panel, opinion);
    if (!maps)
        return opinion;
    for (const auto& [index, map] : maps_of(database, result))
        for (auto& expert : opinion.experts)
            if (expert.index == index)
                expert.map = load_map(map);
    return opinion;
}

void read_decoded(Database& database, ExhibitId id, ExhibitRecord& record) {
    auto& row = database.cached(
        "SELECT d.width, d.height, d.phash, f.facts FROM decoded d JOIN facts f ON f.exhibit = "
        "d.exhibit WHERE d.exhibit = ?1",
        id);
    if (!row.step())
        return;
    record.examination.width = row.small(0);
    record.examination.height = row.small(1);
    if (!row.is_null(2)) {
        const auto bits = std::bit_cast<std::uint64_t>(row.integer(2));
        Blob bytes;
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes.push_back(static_cast<std::uint8_t>(bits >> shift));
        record.perceptual = to_hex(bytes);
    }
    const auto facts = row.text(3);
    record.examination.facts = facts_of(facts);
    record.provenance_recorded = provenance_recorded(facts);
}

void read_result(Database& database, ExhibitId id, ScorerId scorer, bool maps,
                 ExhibitRecord& record) {
    auto& row = database.cached(
        "SELECT r.id, r.state, r.score, r.spread, r.seconds, r.scored, r.warnings, r.failure_code, "
        "r.failure, s.device, s.device_name, s.by, s.host, s.versions, s.options, c.preprocessing "
        "FROM results r JOIN sessions s ON s.id = r.session JOIN scorers c ON c.id = r.scorer "
        "WHERE r.scorer = ?1 AND r.exhibit = ?2 AND r.current = 1",
        scorer, id);
    if (!row.step())
        return;
    auto& examination = record.examination;
    examination.seconds = row.real(4);
    record.scored = row.integer(5);
    examination.warnings = sentences_of(row.text(6));
    record.by.device = row.text(9);
    record.device_name = row.text(10);
    record.device.id = row.text(9);
    record.device.name = row.text(10);
    read_device(row.text(14), record.device);
    record.preprocessing = row.small(15);
    record.scored_by = row.text(11) + '@' + row.text(12);
    record.versions = versions_of(row.text(13));
    if (row.integer(1) == kFailedState) {
        examination.state = ExaminationState::Failed;
        examination.failure = {row.text(7), row.text(8)};
        return;
    }
    const auto result = row.integer(0);
    const double score = row.real(2), spread = row.real(3);
    auto opinion = read_opinion(database, result, record.by.panel, maps);
    opinion.calibration = calibration_for(record.by.panel, precision_name(record.by.precision));
    if (const auto scope = scope_of(database, result))
        read_scope(scope->traits, opinion);
    complete(opinion, score, spread);
    for (auto& expert : opinion.experts)
        if (const auto known =
                std::ranges::find(record.by.panel.experts, expert.name, &ExpertRecord::name);
            known != record.by.panel.experts.end())
            expert.looked_at = looked_at(examination.width, examination.height, known->input);
    record.row.question = opinion.leading;
    const bool explained = std::ranges::any_of(
        opinion.experts, [](const ExpertOpinion& expert) { return expert.map.has_value(); });
    examination.state = explained ? ExaminationState::Explained : ExaminationState::Scored;
    examination.opinion = std::move(opinion);
}

}  // namespace

std::vector<std::filesystem::path> ExhibitRecord::copies() const {
    auto others = paths;
    std::erase(others, row.path);
    return others;
}

ScoredBy recorded_scorer(const CaseFile& file, ScorerId scorer) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto& row =
        database.cached("SELECT panel, digest, precision FROM scorers WHERE id = ?1", scorer);
    if (!row.step())
        throw CaseError("The case " + quoted(file.path()) +
                        " has no results yet; run `dfd scan` first.");
    return {panel_of_row(row.text(0), row.text(1)), "", precision_of(row.text(2))};
}

ExhibitRecord read_exhibit(const CaseFile& file, ExhibitId id, bool maps) {
    auto& database = file.database();
    const auto lock = database.lock();
    ExhibitRecord record;
    auto rows = exhibit_rows(file, {&id, 1});
    if (rows.empty())
        throw CaseError("The case " + quoted(file.path()) + " has no exhibit " +
                        std::to_string(id) + ".");
    record.row = std::move(rows.front());
    record.examination.id = static_cast<ExaminationId>(id);
    record.examination.source.path = record.row.path;
    record.examination.facts.sha256 = record.row.sha256;
    record.examination.facts.bytes = record.row.bytes;
    read_decoded(database, id, record);
    if (const auto scorer = shown_scorer(file); scorer != 0) {
        record.by = recorded_scorer(file, scorer);
        read_result(database, id, scorer, maps, record);
        if (record.examination.opinion)
            record.stability = kept_stability(file, id, scorer, record.by, record.row.question);
    }

    auto& paths = database.cached(
        "SELECT path FROM sightings WHERE exhibit = ?1 AND current = 1 ORDER BY path", id);
    while (paths.step())
        record.paths.push_back(paths.path(0));
    // The exhibit's own path comes first.
    if (const auto own = std::ranges::find(record.paths, record.row.path);
        own != record.paths.end())
        std::rotate(record.paths.begin(), own, own + 1);
    auto& marks =
        database.cached("SELECT mark, by, at FROM marks WHERE exhibit = ?1 ORDER BY id", id);
    while (marks.step())
        record.marks.push_back(
            {static_cast<Mark>(marks.small(0)), marks.text(1), marks.integer(2)});
    auto& tags =
        database.cached("SELECT tag FROM carried_tags WHERE exhibit = ?1 ORDER BY tag", id);
    while (tags.step())
        record.tags.push_back(tags.text(0));
    auto& notes =
        database.cached("SELECT text, by, at FROM notes WHERE exhibit = ?1 ORDER BY id", id);
    while (notes.step())
        record.notes.push_back({notes.text(0), notes.text(1), notes.integer(2)});
    return record;
}

Picture recorded_picture(const ExhibitRecord& record) {
    std::string why = "The case knows no file that still has these contents.";
    for (const auto& path : record.paths) {
        try {
            const auto bytes = read_file_bytes(path, DecodeLimits{}.bytes);
            if (sha256_hex(bytes) == record.row.sha256)
                return decode_picture(bytes);
            why = to_say("The file has changed since it was examined.");
        } catch (const PictureError& error) {
            why = error.what();
        }
    }
    throw PictureError({failure_codes::kUnreadable, why});
}

}  // namespace dfd
