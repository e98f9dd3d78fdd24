#include "core/casework/report/exhibit_lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/csv_line.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/report/report_text.h"
#include "core/engine/results/json_paths.h"
#include "core/opinion/bands.h"
#include "core/panel/bands_json.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// The examination as it is exported: without a result it becomes the failure "unscored".
Examination exported(const ExhibitRecord& record) {
    auto examination = record.examination;
    if (examination.state == ExaminationState::Queued) {
        examination.state = ExaminationState::Failed;
        examination.failure = {"unscored",
                               "The panel whose results are shown has not examined it."};
    }
    return examination;
}

/// The words for the scores of an exhibit's versions: none where it has no assessment.
QuestionBands firmness_bands(const ExhibitRecord& record, const QuestionBands& bands) {
    const auto* const firmness = record.firmness();
    const auto& opinion = record.examination.opinion;
    return firmness != nullptr && opinion ? bands_for(*opinion, firmness->question, bands) : bands;
}

/// Of the question that leads.
std::pair<double, double> leave_one_out(const PanelOpinion& whole) {
    const auto opinion = part(whole, whole.leading);
    const auto [least, most] =
        std::ranges::minmax_element(opinion.experts, {}, &ExpertOpinion::without);
    return least == opinion.experts.end() ? std::pair{opinion.score, opinion.score}
                                          : std::pair{least->without, most->without};
}

Json scored_json(const ExhibitRecord& record) {
    if (record.examination.state == ExaminationState::Queued)
        return nullptr;
    Json versions = Json::object();
    for (const auto& [library, version] : record.versions)
        versions[library] = version;
    return {{"at", iso_time(record.scored)},
            {"by", record.scored_by},
            {"device",
             {{"id", record.device.id},
              {"name", record.device.name},
              {"detail", record.device.detail},
              {"threads", record.device.threads}}},
            {"preprocessing", record.preprocessing},
            {"versions", std::move(versions)}};
}

Json panel_json(const PanelRecord& panel) {
    Json weights = Json::object(), layers = Json::object();
    for (const auto& expert : panel.experts) {
        weights[expert.name] = expert.sha256;
        layers[expert.name] = expert.gradcam_layer;
    }
    return {{"title", panel.title},
            {"ema", panel.ema},
            {"weights", std::move(weights)},
            {"gradcam", {{"class", panel.classes[kFakeClass]}, {"layers", std::move(layers)}}}};
}

Json exhibit_member(const ExhibitRecord& record, const ThresholdProfile& thresholds) {
    const auto& row = record.row;
    Json metadata = Json::array();
    for (const auto& [key, value] : record.examination.facts.metadata)
        metadata.push_back({key, value});
    Json json{{"state", state_name(row.state)},
              {"copies", row.copies},
              {"sha256", row.sha256},
              {"perceptual", record.perceptual},
              {"bytes", row.bytes},
              {"modified", iso_time(row.modified)},
              {"added", iso_time(row.added)},
              {"also", Json::array()},
              {"metadata", std::move(metadata)},
              {"provenance_recorded", record.provenance_recorded},
              {"scored", scored_json(record)},
              {"panel", panel_json(record.by.panel)}};
    set_paths(json, "also", record.copies());
    if (record.examination.opinion) {
        const auto [lowest, highest] = leave_one_out(*record.examination.opinion);
        json["leave_one_out"] = {{"lowest", lowest}, {"highest", highest}};
    }
    if (const auto& kept = record.stability)
        json["stability"] = {{"at", iso_time(kept->at)},
                             {"by", kept->by},
                             {"device", kept->device},
                             {"versions", kept->firmness.versions},
                             {"planned", kept->stability.planned()}};
    json["thresholds"] = {{"profile", thresholds.name}};
    json["thresholds"].update(bands_json(thresholds.bands.of(row.question)));
    json["mark"] = mark_name(row.mark);
    json["marks"] = Json::array();
    for (const auto& mark : record.marks)
        json["marks"].push_back(
            {{"mark", mark_name(mark.mark)}, {"by", mark.by}, {"at", iso_time(mark.at)}});
    json["tags"] = record.tags;
    json["notes"] = Json::array();
    for (const auto& note : record.notes)
        json["notes"].push_back({{"text", note.text}, {"by", note.by}, {"at", iso_time(note.at)}});
    return json;
}

}  // namespace

std::string exhibit_json(const ExhibitRecord& record, const ThresholdProfile& thresholds,
                         bool maps) {
    const InEnglish english;
    auto line = to_json(exported(record), record.by, maps, thresholds.bands, record.firmness());
    line.pop_back();  // remove the closing brace
    return line + ",\"exhibit\":" + json_line(exhibit_member(record, thresholds)) + "}";
}

std::string exhibit_csv_header(const PanelRecord& panel) {
    const InEnglish english;
    return csv_header(panel) + ',' +
           csv_line({"state",
                     "bytes",
                     "modified",
                     "added",
                     "copies",
                     "also at",
                     "perceptual hash",
                     "format",
                     "decoder",
                     "stored width",
                     "stored height",
                     "orientation",
                     "bits per channel",
                     "colour model",
                     "alpha",
                     "frames",
                     "profile",
                     "origin as stated",
                     "metadata",
                     "lowest without one",
                     "highest without one",
                     "thresholds",
                     "real below",
                     "fake from",
                     "scored at",
                     "scored by",
                     "device name",
                     "versions",
                     "mark",
                     "marks",
                     "tags",
                     "notes"}) +
           ',' + firmness_csv_header() + ',' +
           csv_line({"versions tried at", "versions tried by"}) + "\r\n";
}

std::string exhibit_csv(const ExhibitRecord& record, const ThresholdProfile& thresholds) {
    const InEnglish english;
    const auto& row = record.row;
    const auto& facts = record.examination.facts;
    const bool decoded = record.examination.width > 0;
    const bool seen = record.examination.state != ExaminationState::Queued;
    const auto if_decoded = [&](std::string text) { return decoded ? std::move(text) : ""; };
    std::string lowest, highest;
    if (record.examination.opinion) {
        const auto range = leave_one_out(*record.examination.opinion);
        lowest = exact_text(range.first);
        highest = exact_text(range.second);
    }
    const auto pair_words = [](const auto& pair) { return pair.first + "=" + pair.second; };
    return to_csv(exported(record), record.by, thresholds.bands) + ',' +
           csv_line(
               {state_name(row.state),
                std::to_string(row.bytes),
                iso_time(row.modified),
                iso_time(row.added),
                std::to_string(row.copies),
                joined(record.copies(), "\n", [](const auto& path) { return path.native(); }),
                record.perceptual,
                facts.format,
                facts.decoder,
                if_decoded(std::to_string(facts.stored_width)),
                if_decoded(std::to_string(facts.stored_height)),
                if_decoded(std::to_string(facts.orientation)),
                if_decoded(std::to_string(facts.bits_per_channel)),
                facts.colour_model,
                if_decoded(facts.alpha ? "true" : "false"),
                if_decoded(std::to_string(facts.frames)),
                facts.profile,
                decoded && !record.provenance_recorded
                    ? "not recorded"
                    : joined(facts.provenance, " ", [](const auto& hint) { return hint.sentence; }),
                joined(facts.metadata, "; ", pair_words),
                lowest,
                highest,
                thresholds.name,
                edge_text(thresholds.bands.of(row.question).real_edge()),
                edge_text(thresholds.bands.of(row.question).fake_edge()),
                seen ? iso_time(record.scored) : "",
                record.scored_by,
                record.device_name,
                joined(record.versions, "; ",
                       [](const auto& pair) { return pair.first + " " + pair.second; }),
                mark_name(row.mark),
                joined(record.marks, "; ",
                       [](const auto& mark) {
                           return std::string(mark_name(mark.mark)) + " by " + mark.by + " at " +
                                  iso_time(mark.at);
                       }),
                joined(record.tags, "; "),
                joined(record.notes, "\n",
                       [](const auto& note) {
                           return note.text + " (" + note.by + ", " + iso_time(note.at) + ")";
                       })}) +
           ',' + firmness_csv(record.firmness(), firmness_bands(record, thresholds.bands)) + ',' +
           csv_line({record.stability ? iso_time(record.stability->at) : "",
                     record.stability ? record.stability->by : ""}) +
           "\r\n";
}

}  // namespace dfd
