#include "core/casework/report/case_text.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <span>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/report/findings.h"
#include "core/casework/store/interrupted_scans.h"
#include "core/casework/store/left_out_files.h"
#include "core/engine/results/json_paths.h"
#include "core/panel/bands_json.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

using Facts = std::vector<CaseFact>;

std::string four_digits(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
}

std::string score_text(const ExhibitRow& row) {
    return row.state == ExhibitState::Scored ? four_digits(row.score) : say(state_name(row.state));
}

/// Which files state that a generator made them.
void add_declared(Facts& facts, const CaseFile& file) {
    const auto ids = declaring_exhibits(file);
    if (ids.empty())
        return;
    facts.push_back({say("declared"), declared_words(std::ssize(ids))});
    const auto named = std::span(ids).first(std::min(ids.size(), kNamedFindings));
    for (const auto& row : exhibit_rows(file, named))
        facts.push_back({"", visible(row.path.native())});
    if (named.size() < ids.size())
        facts.push_back({"", say("and %1 more", {std::to_string(ids.size() - named.size())})});
}

/// Which pictures the scans left out.
void add_left_out(Facts& facts, const CaseFile& file) {
    const auto add = [&](const std::string& sentence, const LeftOutFiles& files) {
        if (files.count == 0)
            return;
        facts.push_back({say("left out"), sentence});
        for (const auto& path : files.named)
            facts.push_back({"", visible(path)});
        if (const auto more = files.count - std::ssize(files.named); more > 0)
            facts.push_back({"", say("and %1 more", {std::to_string(more)})});
    };
    for (const auto& scan : left_out_of_scans(file)) {
        add(misnamed_sentence(scan), scan.misnamed);
        add(unsupported_sentence(scan), scan.unsupported);
    }
}

Json left_out_json(const CaseFile& file) {
    const auto files = [](const LeftOutFiles& of) {
        return Json{{"count", of.count}, {"files", of.named}};
    };
    Json all = Json::array();
    for (const auto& scan : left_out_of_scans(file))
        all.push_back({{"paths", scan.paths},
                       {"misnamed", files(scan.misnamed)},
                       {"unsupported", files(scan.unsupported)}});
    return all;
}

}  // namespace

std::vector<CaseFact> case_facts(const CaseFile& file) {
    const auto counts = count_exhibits(file);
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    Facts facts{{say("case"), visible(file.path().native())}, {say("id"), file.id()}};
    const auto add = [&facts](std::string name, std::string value) {
        facts.push_back({std::move(name), std::move(value)});
    };
    if (const auto writer = file.writer())
        add(say("writer"), say("%1 on %2 (process %3, since %4)",
                               {visible(writer->user), visible(writer->host),
                                number(writer->process), iso_time(writer->since)}));
    add(say("exhibits"), say("%1 in %2 files, %3 gone",
                             {number(counts.exhibits), number(counts.files), number(counts.gone)}));
    add(say("states"),
        counts.no_assessment > 0
            ? say("%1 scored, %2 failed, %3 unscored, %4 without an assessment, %5 with warnings",
                  {number(counts.scored), number(counts.failed), number(counts.unscored),
                   number(counts.no_assessment), number(counts.warned)})
            : say("%1 scored, %2 failed, %3 unscored, %4 with warnings",
                  {number(counts.scored), number(counts.failed), number(counts.unscored),
                   number(counts.warned)}));
    add(say("verdicts"), counts.unnamed > 0
                             ? say("%1 looks fake, %2 undecided, %3 looks real, %4 not calibrated",
                                   {number(counts.looks_fake), number(counts.undecided),
                                    number(counts.looks_real), number(counts.unnamed)})
                             : say("%1 looks fake, %2 undecided, %3 looks real",
                                   {number(counts.looks_fake), number(counts.undecided),
                                    number(counts.looks_real)}));
    const auto thresholds = active_thresholds(file);
    add(say("thresholds"), visible(thresholds.name) + ": " +
                               visible(bands_words(thresholds.bands, shown_questions(file))));
    add(say("marks"),
        say("%1 suspicious, %2 to check, %3 cleared",
            {number(counts.suspicious), number(counts.to_check), number(counts.cleared)}));
    add_declared(facts, file);
    const auto shown = shown_scorer(file);
    for (const auto& scorer : scorers(file))
        add(scorer.id == shown ? say("panel") : say("also scored"),
            scorer.starter
                ? say("%1 (starter), %2, %3 results, digest %4",
                      {visible(scorer.panel), scorer.precision, number(scorer.results),
                       scorer.digest})
                : say("%1, %2, %3 results, digest %4", {visible(scorer.panel), scorer.precision,
                                                        number(scorer.results), scorer.digest}));
    for (const auto& scan : interrupted_scans(file))
        add(say("interrupted"), interruption_sentence(scan));
    add_left_out(facts, file);
    const auto last = last_entry(file);
    add(say("log"), say("%1 entries, head %2", {number(last.number), last.digest}));
    return facts;
}

std::string case_info_text(const CaseFile& file) {
    constexpr std::size_t kNames = 12;  // characters
    std::string text;
    for (const auto& [name, value] : case_facts(file))
        text += column(name, kNames) + value + '\n';
    return text;
}

std::string case_info_json(const CaseFile& file) {
    const InEnglish english;
    const auto counts = count_exhibits(file);
    Json json{{"case", file.path().native()}, {"id", file.id()}, {"writer", nullptr}};
    if (const auto writer = file.writer())
        json["writer"] = {{"user", writer->user},
                          {"host", writer->host},
                          {"process", writer->process},
                          {"since", iso_time(writer->since)}};
    json["exhibits"] = counts.exhibits;
    json["files"] = counts.files;
    json["gone"] = counts.gone;
    json["unscored"] = counts.unscored;
    json["scored"] = counts.scored;
    json["failed"] = counts.failed;
    json["bands"] = {{band_name(Band::LooksReal), counts.looks_real},
                     {band_name(Band::Undecided), counts.undecided},
                     {band_name(Band::LooksFake), counts.looks_fake},
                     {band_name(Band::Unnamed), counts.unnamed},
                     {band_name(Band::NoAssessment), counts.no_assessment}};
    json["marks"] = {{mark_name(Mark::Suspicious), counts.suspicious},
                     {mark_name(Mark::ToCheck), counts.to_check},
                     {mark_name(Mark::Cleared), counts.cleared}};
    json["warned"] = counts.warned;
    json["declares_generated"] = declaring_exhibits(file).size();
    json["tags"] = tags_in_use(file);
    const auto thresholds = active_thresholds(file);
    json["thresholds"] = {{"profile", thresholds.name}};
    json["thresholds"].update(bands_json(thresholds.bands));
    json["scorers"] = Json::array();
    const auto shown = shown_scorer(file);
    for (const auto& scorer : scorers(file))
        json["scorers"].push_back({{"panel", scorer.panel},
                                   {"digest", scorer.digest},
                                   {"precision", scorer.precision},
                                   {"preprocessing", scorer.preprocessing},
                                   {"starter", scorer.starter},
                                   {"results", scorer.results},
                                   {"shown", scorer.id == shown}});
    json["interrupted"] = Json::array();
    for (const auto& scan : interrupted_scans(file)) {
        Json each{{"began", iso_time(scan.began)}, {"by", scan.by}, {"paths", scan.paths}};
        each["not_looked_at"] = nullptr;
        if (scan.not_looked_at)
            each["not_looked_at"] = *scan.not_looked_at;
        json["interrupted"].push_back(std::move(each));
    }
    json["left_out"] = left_out_json(file);
    const auto last = last_entry(file);
    json["log"] = {{"entries", last.number}, {"head", last.digest}};
    return json_line(json);
}

std::string listed_json(const ExhibitRecord& record, const QuestionBands& bands, bool maps) {
    const InEnglish english;
    auto json = to_json(record.examination, record.by, maps, bands, record.firmness());
    const auto copies = record.copies();
    if (copies.empty())
        return json;
    Json also;
    set_paths(also, "also", copies);
    json.pop_back();  // remove the closing brace
    return json + ',' + json_line(also).substr(1);
}

std::string log_text(const LogEntry& entry) {
    return std::to_string(entry.number) + '\t' + iso_time(entry.at) + '\t' + visible(entry.by) +
           '@' + visible(entry.host) + '\t' + visible(entry.action) + '\t' +
           visible(entry.details) + '\t' + entry.digest;
}

std::string log_json(const LogEntry& entry, int indent) {
    auto details = Json::parse(entry.details, nullptr, false);
    const Json json{{"number", entry.number},
                    {"at", iso_time(entry.at)},
                    {"by", entry.by},
                    {"host", entry.host},
                    {"action", entry.action},
                    {"details", details.is_discarded() ? Json(entry.details) : std::move(details)},
                    {"rows", entry.rows},
                    {"digest", entry.digest}};
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string look_alikes_text(const CaseFile& file, const LookAlikes& group) {
    const auto count = std::to_string(group.ids.size());
    std::string text = group.judged_differently
                           ? say("%1 look alike, JUDGED DIFFERENTLY (%2 to %3)",
                                 {count, four_digits(*group.lowest), four_digits(*group.highest)})
                           : say("%1 look alike", {count});
    text += '\n';
    for (const auto& row : exhibit_rows(file, group.ids))
        text += "  " + score_text(row) + "  " + visible(row.path.native()) + '\n';
    return text;
}

std::string look_alikes_json(const CaseFile& file, const LookAlikes& group) {
    const InEnglish english;
    Json json{{"judged_differently", group.judged_differently},
              {"lowest", nullptr},
              {"highest", nullptr},
              {"exhibits", Json::array()}};
    if (group.lowest) {
        json["lowest"] = *group.lowest;
        json["highest"] = *group.highest;
    }
    for (const auto& row : exhibit_rows(file, group.ids)) {
        Json exhibit{{"path", row.path.native()}, {"sha256", row.sha256}, {"score", nullptr}};
        if (row.state == ExhibitState::Scored)
            exhibit["score"] = row.score;
        json["exhibits"].push_back(std::move(exhibit));
    }
    return json_line(json);
}

}  // namespace dfd
