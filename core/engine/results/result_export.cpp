#include "core/engine/results/result_export.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "core/base/csv_line.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/assessment_json.h"
#include "core/engine/results/export_names.h"
#include "core/engine/results/firmness_json.h"
#include "core/engine/results/formatted.h"
#include "core/engine/results/json_paths.h"
#include "core/engine/results/map_text.h"
#include "core/engine/results/report_parts.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/story.h"
#include "core/opinion/weighted.h"
#include "core/panel/bands_json.h"
#include "core/picture/pixels/heatmap_overlay.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

std::string shown_path(const Source& source) {
    return source.bytes ? source.label : source.path.native();
}

Json to_json(const ProvenanceHint& hint) {
    Json details = Json::array();
    for (const auto& [name, value] : hint.details)
        details.push_back({{"name", name}, {"value", value}});
    return {{"kind", provenance_kind_name(hint.kind)},
            {"sentence", hint.sentence},
            {"declares_generated", hint.declares_generated},
            {"evidence", hint.evidence},
            {"details", std::move(details)}};
}

Json to_json(const FileFacts& facts) {
    Json json;
    each_fact(facts, [&json](const std::string& name, const auto& fact) {
        if (name != "sha256")  // beside "file"
            json[name] = fact;
    });
    return json;
}

void add_figures(Json& object, const ScoreFigures& figures) {
    object["mean"] = figures.mean;
    object["spread"] = figures.spread;
    object["range"] = figures.range;
    object["fake_votes"] = figures.fake_votes;
    object["real_votes"] = figures.real_votes;
    object["mutual_information"] = figures.mutual_information;
}

Json to_json(const Disagreement& found) {
    Json object{{"threshold", found.threshold}};
    add_figures(object, found);
    object["without_lowest"] = found.without_lowest;
    object["without_highest"] = found.without_highest;
    object["flipped_by"] = found.flipped_by;
    object["architectures"] = Json::array();
    for (const auto& [architecture, figures] : found.architectures) {
        Json group{{"architecture", architecture}, {"experts", figures.experts}};
        add_figures(group, figures);
        object["architectures"].push_back(std::move(group));
    }
    return object;
}

Json combination_json(const PanelOpinion& opinion) {
    Json object{{"reference", is_reference_combination(opinion)}};
    if (weighted_by_hand(opinion))
        for (const auto& expert : opinion.experts)
            if (expert.available())
                object["weights"][expert.name] = expert.weight;
    if (const auto names = without_opinion(opinion); !names.empty())
        object["no_opinion"] = names;
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (const auto* const fusion = fusion_of(opinion, q)) {
            auto& entry = object["fusion"].emplace_back(Json::object());
            if (!opinion.answers.empty())
                entry["question"] = opinion.answers[q].id;
            entry["bias"] = fusion->bias;
            for (const auto& [expert, slope] : fusion->experts)
                entry["slopes"][expert] = slope;
        }
    return object;
}

/// The answer to each question of a panel that asks several.
Json answers_json(const PanelOpinion& opinion, const PanelRecord& panel,
                  const QuestionBands& bands) {
    Json list = Json::array();
    for (std::size_t q = 0; q < opinion.answers.size(); ++q) {
        const auto& answer = opinion.answers[q];
        Json object{{"id", answer.id}, {"text", answer.text}};
        if (q < panel.questions.size()) {
            object["fake"] = panel.questions[q].fake;
            object["real"] = panel.questions[q].real;
        }
        object["answered"] = answer.answered;
        object["score"] = answer.answered ? Json(answer.score) : Json();
        object["spread"] = answer.answered ? Json(answer.spread) : Json();
        object["band"] = answer.answered ? Json(band_name(band_of(opinion, q, bands))) : Json();
        object.update(bands_json(bands.of(q)));
        object["experts"] = Json::array();
        for (const auto& expert : opinion.experts)
            if (expert.question == q)
                object["experts"].push_back(expert.name);
        object["assessment"] = assessment_json(opinion, q, panel);
        object["disagreement"] =
            answer.answered ? to_json(disagreement_of(part(opinion, q))) : Json();
        list.push_back(std::move(object));
    }
    return list;
}

std::string weights_text(const PanelOpinion& opinion) {
    std::vector<std::string> weights;
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (const auto* const fusion = fusion_of(opinion, q)) {
            weights.push_back((opinion.answers.empty() ? "" : opinion.answers[q].id + " ") +
                              "fusion: bias=" + full_precision(fusion->bias));
            for (const auto& [expert, slope] : fusion->experts)
                weights.push_back(expert + "=" + full_precision(slope));
        }
    if (weighted_by_hand(opinion))
        for (const auto& expert : opinion.experts)
            if (expert.available())
                weights.push_back(expert.name + "=" + full_precision(expert.weight));
    return joined(weights, "; ");
}

}  // namespace

std::string calibration_note(const PanelRecord& panel) {
    return panel.calibration.empty() ? "" : say(", calibration %1", {panel.calibration});
}

QuestionBands measured_bands(const ScoredBy& by) {
    return measured_bands(calibration_for(by.panel, precision_name(by.precision)).get());
}

std::string to_json(const Examination& examination, const ScoredBy& by, bool with_maps,
                    const QuestionBands& bands, const Firmness* firmness) {
    const InEnglish english;
    const auto path = shown_path(examination.source);
    Json object;
    set_path(object, path);
    if (!examination.opinion) {
        const bool failed = examination.state == ExaminationState::Failed;
        object["error"] = {
            {"code", failed ? examination.failure.code : "cancelled"},
            {"message", failed ? examination.failure.message : "Cancelled before it was scored."}};
        return json_line(object);
    }
    const auto& opinion = *examination.opinion;
    object["sha256"] = examination.facts.sha256;
    object["width"] = examination.width;
    object["height"] = examination.height;
    object["file"] = to_json(examination.facts);
    object["score"] = opinion.score;
    object["spread"] = opinion.spread;
    object["band"] = {{"name", band_name(band_of(opinion, bands))}};
    object["band"].update(bands_json(bands.of(opinion.leading)));
    object["assessment"] = assessment_json(opinion, opinion.leading, by.panel);
    if (!opinion.answers.empty()) {
        object["question"] = opinion.answers[opinion.leading].id;
        object["questions"] = answers_json(opinion, by.panel, bands);
    }
    object["experts"] = Json::array();
    for (const auto& expert : opinion.experts) {
        Json entry{{"index", expert.index},
                   {"name", expert.name},
                   {"architecture", expert.architecture},
                   {"logits", expert.logits},
                   {"score", expert.score},
                   {"without", expert.without}};
        if (!expert.available()) {
            entry["logits"] = entry["score"] = nullptr;
            entry["no_opinion"] = expert.failure;
        }
        if (!opinion.answers.empty())
            entry["question"] = opinion.answers[expert.question].id;
        if (expert.looked_at)
            entry["looked_at"] = {{"windows", expert.looked_at->windows},
                                  {"size", expert.looked_at->size},
                                  {"share", expert.looked_at->share}};
        if (expert.distance)
            entry["distance"] = *expert.distance;
        if (expert.no_face)
            entry["no_face"] = true;
        if (expert.distance || expert.no_face) {
            entry["beyond"] = beyond_gate(opinion, expert);
            entry["left"] = expert.left;
        }
        if (with_maps && expert.map)
            entry["gradcam"] = rows_json(*expert.map);
        if (expert.map_layer == kOcclusion || expert.map_layer == kOwnMap)
            entry["map_of"] = expert.map_layer;
        object["experts"].push_back(std::move(entry));
    }
    object["panel"] = scored_panel_json(by.panel);
    object["device"] = by.device;
    object["precision"] = precision_name(by.precision);
    object["seconds"] = examination.seconds;
    object["warnings"] = examination.warnings;
    object["provenance"] = Json::array();
    for (const auto& hint : examination.facts.provenance)
        object["provenance"].push_back(to_json(hint));
    object["combination"] = combination_json(opinion);
    object["disagreement"] = to_json(disagreement_of(opinion));
    if (firmness != nullptr)
        object["stability"] = firmness_json(*firmness);
    object["summary"] = summary_of(opinion, examination.warnings, bands, firmness);
    return json_line(object);
}

std::string csv_header(const PanelRecord& panel) {
    std::vector<std::string> fields{"path",   "sha256",    "width",   "height",   "score",
                                    "spread", "band",      "panel",   "digest",   "starter",
                                    "device", "precision", "seconds", "warnings", "error"};
    for (const auto& expert : panel.experts)
        fields.push_back("score " + expert.name);
    for (const auto* figure :
         {"range", "fake votes", "real votes", "mutual information", "flipped by", "weights"})
        fields.emplace_back(figure);
    if (!panel.questions.empty())
        fields.emplace_back("question");
    for (const auto& question : panel.questions)
        for (const auto* figure : {"score ", "spread ", "band "})
            fields.push_back(figure + question.id);
    for (auto& column : assessment_columns(panel))
        fields.push_back(std::move(column));
    return csv_line(fields);
}

std::string to_csv(const Examination& examination, const ScoredBy& by, const QuestionBands& bands) {
    const bool scored = examination.opinion.has_value();
    const auto number = [&](double value) { return scored ? full_precision(value) : ""; };
    const auto opinion = examination.opinion.value_or(PanelOpinion{});
    std::vector<std::string> fields{
        shown_path(examination.source),
        examination.facts.sha256,
        scored ? std::to_string(examination.width) : "",
        scored ? std::to_string(examination.height) : "",
        number(opinion.score),
        number(opinion.spread),
        scored ? band_name(band_of(opinion, bands)) : "",
        by.panel.name,
        by.panel.digest,
        by.panel.starter ? "true" : "false",
        by.device,
        precision_name(by.precision),
        number(examination.seconds),
        joined(examination.warnings, " "),
        scored ? ""
        : examination.state == ExaminationState::Failed
            ? examination.failure.code + ": " + examination.failure.message
            : "cancelled"};
    for (size_t i = 0; i < by.panel.experts.size(); ++i)
        fields.push_back(i < opinion.experts.size() && opinion.experts[i].available()
                             ? full_precision(opinion.experts[i].score)
                             : "");
    const auto found = disagreement_of(opinion);
    fields.insert(fields.end(),
                  {number(found.range), scored ? std::to_string(found.fake_votes) : "",
                   scored ? std::to_string(found.real_votes) : "", number(found.mutual_information),
                   joined(found.flipped_by, "; "), weights_text(opinion)});
    if (!by.panel.questions.empty())
        fields.push_back(opinion.answers.empty() ? "" : opinion.answers[opinion.leading].id);
    for (size_t q = 0; q < by.panel.questions.size(); ++q) {
        const bool known = q < opinion.answers.size() && opinion.answers[q].answered;
        const auto answer = known ? opinion.answers[q] : Answer{};
        fields.insert(fields.end(), {known ? full_precision(answer.score) : "",
                                     known ? full_precision(answer.spread) : "",
                                     known ? band_name(band_of(opinion, q, bands)) : ""});
    }
    for (auto& field : assessment_fields(opinion, by.panel))
        fields.push_back(std::move(field));
    return csv_line(fields);
}

std::string firmness_csv_header() {
    return csv_line({"stability low", "stability high", "re-shared versions", "of these other side",
                     "stability"});
}

std::string firmness_csv(const Firmness* firmness, const QuestionBands& bands) {
    const InEnglish english;
    if (firmness == nullptr)
        return csv_line(std::vector<std::string>(5));
    const bool any = firmness->ordinary > 0;
    return csv_line({any ? full_precision(firmness->low) : "",
                     any ? full_precision(firmness->high) : "", std::to_string(firmness->ordinary),
                     std::to_string(firmness->other_side), firmness_summary(*firmness, bands)});
}

Examination reweighed(Examination examination, std::span<const double> weights) {
    if (examination.opinion)
        combine(*examination.opinion, weights);
    return examination;
}

std::string to_reference_line(const Examination& examination) {
    char score[64];
    std::snprintf(score, sizeof score, "%10.9f", examination.opinion.value().score);
    const auto question = leading_question(*examination.opinion);
    return "Prediction of [" + visible(shown_path(examination.source)) +
           "] being Deepfake: " + score + (question.empty() ? "" : " (" + question + ")");
}

void make_heatmap_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0)
        error.assign(errno, std::generic_category());
    if (error)
        throw std::runtime_error("Heatmaps cannot be written to the folder " + folder.native() +
                                 ": " + error.message() +
                                 ". Check its permissions, or name another folder.");
}

std::vector<std::filesystem::path> write_heatmaps(const std::filesystem::path& folder,
                                                  const Pixels& picture,
                                                  const Examination& examination,
                                                  const ScoredBy& by, const std::string& made) {
    constexpr double kOpacity = 0.65;
    const InEnglish english;
    make_heatmap_folder(folder);
    const auto& opinion = examination.opinion.value();
    const float scale = common_scale(opinion);

    const auto stem = export_stem(examination);
    const auto words = words_for(opinion.experts);
    std::vector<std::filesystem::path> written;
    const auto write = [&](const std::string& file, const std::string& what, const HeatMap& map) {
        written.push_back(folder / (stem + "-" + plain_name(file) + ".png"));
        write_png(written.back(), picture.width, picture.height,
                  overlay_rows(picture, map, scale, ColourMap::Inferno, kOpacity),
                  map_text(shown_name(examination), what, examination.facts.sha256, by, made));
    };
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (opinion.answers.empty())
            write("mean", combined_map_name(opinion, q), mean_map(opinion));
        else if (opinion.answers[q].answered)
            write("mean-" + opinion.answers[q].id, combined_map_name(opinion, q),
                  mean_map(part(opinion, q)));
    for (std::size_t i = 0; i < opinion.experts.size(); ++i)
        if (const auto& expert = opinion.experts[i]; expert.map)
            write(expert.name, named_expert(words[i].title, expert.name), *expert.map);
    return written;
}

}  // namespace dfd
