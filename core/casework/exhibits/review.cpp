#include "core/casework/exhibits/review.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/hexadecimal.h"
#include "core/base/wording.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/store/case_rows.h"
#include "core/casework/store/choices.h"
#include "core/casework/store/derived.h"
#include "core/panel/bands_json.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

Json log_names(Database& database, std::span<const ExhibitId> ids) {
    Json names = Json::array();
    for (const auto id : ids)
        names.push_back(log_name(database, id));
    return names;
}

QuestionBands measured_thresholds(const CaseFile& file) {
    const auto scorer = shown_scorer(file);
    return scorer == 0 ? QuestionBands(BandThresholds{.named = false})
                       : measured_bands(recorded_scorer(file, scorer));
}

void require_text(const std::string& text, const char* what) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        throw CaseError(std::string(what) + " is empty; enter some text.");
}

// The stored form of a filter, without members that are not set. `questions`: of the shown panel.
Json filter_json(const ExhibitFilter& filter, const std::vector<Question>& questions) {
    Json json = Json::object();
    const auto add = [&json](const char* key, const auto& value) {
        if (value)
            json[key] = *value;
    };
    if (!filter.text.empty())
        json["text"] = filter.text;
    add("score_from", filter.score_from);
    add("score_to", filter.score_to);
    add("spread_from", filter.spread_from);
    add("spread_to", filter.spread_to);
    if (filter.state)
        json["state"] = static_cast<int>(*filter.state);
    if (filter.word)
        json["word"] = band_name(*filter.word);
    if (filter.mark)
        json["mark"] = static_cast<int>(*filter.mark);
    if (!filter.tag.empty())
        json["tag"] = filter.tag;
    add("warned", filter.warned);
    if (!filter.folder.empty())
        json["folder"] = to_hex(as_bytes(filter.folder.native()));  // any bytes
    if (filter.question && *filter.question < questions.size())
        json["question"] = questions[*filter.question].id;
    return json;
}

std::optional<Band> word_named(const std::string& name) {
    constexpr std::array kAll{Band::LooksFake, Band::Undecided, Band::LooksReal, Band::Unnamed,
                              Band::NoAssessment};
    const auto* const found =
        std::ranges::find_if(kAll, [&](Band each) { return name == band_name(each); });
    return found == kAll.end() ? std::nullopt : std::optional(*found);
}

/// Nothing for a word of a newer version, and for a question that the shown panel does not ask:
/// without them the filter would pass other exhibits than it should.
std::optional<ExhibitFilter> filter_of(const CaseFile& file, const Json& json) {
    ExhibitFilter filter;
    const auto number = [&json](const char* key, std::optional<double>& value) {
        if (json.contains(key))
            value = json.at(key).get<double>();
    };
    filter.text = json.value("text", "");
    number("score_from", filter.score_from);
    number("score_to", filter.score_to);
    number("spread_from", filter.spread_from);
    number("spread_to", filter.spread_to);
    if (json.contains("state"))
        filter.state = static_cast<ExhibitState>(json.at("state").get<int>());
    if (json.contains("word")) {
        filter.word = word_named(json.at("word").get<std::string>());
        if (!filter.word)
            return std::nullopt;
    }
    if (json.contains("mark"))
        filter.mark = static_cast<Mark>(json.at("mark").get<int>());
    filter.tag = json.value("tag", "");
    if (json.contains("warned"))
        filter.warned = json.at("warned").get<bool>();
    filter.folder = as_text(from_hex(json.value("folder", "")));
    if (json.contains("question")) {
        const auto questions = shown_questions(file);
        const auto asked =
            std::ranges::find(questions, json.at("question").get<std::string>(), &Question::id);
        if (asked == questions.end())
            return std::nullopt;
        filter.question = static_cast<std::size_t>(asked - questions.begin());
    }
    return filter;
}

BandThresholds thresholds_of(const std::string& text) {
    const auto json = Json::parse(text);
    return {json.at("real_below").get<double>(), json.at("fake_from").get<double>()};
}

/// Reads from choices. Throws CaseError when they cannot be read: the case is damaged.
template <typename Read>
auto readable(const CaseFile& file, Read&& read) {
    try {
        return read();
    } catch (const Json::exception&) {
        throw CaseError(
            "The case " + quoted(file.path()) +
            " is damaged: a setting in it is not valid JSON. `dfd case verify` gives details.");
    }
}

}  // namespace

std::vector<Mark> mark_exhibits(CaseFile& file, std::span<const ExhibitId> ids, Mark mark,
                                const std::string& by) {
    Recording recording(file, by);
    auto& database = recording.database();
    std::vector<Mark> before;
    const auto names = log_names(database, ids);
    for (const auto id : ids) {
        before.push_back(static_cast<Mark>(derived_columns(database, id).mark));
        database.insert("marks (exhibit, mark, by, at, entry)", id, static_cast<int>(mark),
                        recording.by(), recording.at(), recording.entry());
    }
    refresh_derived(database, {ids.begin(), ids.end()});
    if (!ids.empty())
        recording.finish("marked", json_line({{"mark", mark_name(mark)}, {"exhibits", names}}));
    return before;
}

std::vector<ExhibitId> tag_exhibits(CaseFile& file, std::span<const ExhibitId> ids,
                                    const std::string& tag, bool on, const std::string& by) {
    require_text(tag, "The tag");
    Recording recording(file, by);
    auto& database = recording.database();
    std::vector<ExhibitId> changed;
    for (const auto id : std::set<ExhibitId>(ids.begin(), ids.end())) {
        (void)log_name(database, id);  // throws for unknown ids
        if (has_tag(database, id, tag) == on)
            continue;
        database.insert("tags (exhibit, tag, carried, by, at, entry)", id, tag, on, recording.by(),
                        recording.at(), recording.entry());
        refresh_derived_tag(database, id, tag);
        changed.push_back(id);
    }
    if (!changed.empty())
        recording.finish(on ? "tagged" : "untagged",
                         json_line({{"tag", tag}, {"exhibits", log_names(database, changed)}}));
    return changed;
}

void add_note(CaseFile& file, ExhibitId id, const std::string& text, const std::string& by) {
    require_text(text, "The note");
    Recording recording(file, by);
    auto& database = recording.database();
    const auto name = log_name(database, id);
    database.insert("notes (exhibit, text, by, at, entry)", id, text, recording.by(),
                    recording.at(), recording.entry());
    recording.finish("noted", json_line({{"exhibit", name}, {"text", text}}));
}

std::map<std::string, std::int64_t> tags_in_use(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto& rows = database.cached("SELECT tag, count(*) FROM carried_tags GROUP BY tag");
    std::map<std::string, std::int64_t> tags;
    while (rows.step())
        tags[rows.text(0)] = rows.integer(1);
    return tags;
}

std::vector<std::vector<std::string>> tags_of(const CaseFile& file,
                                              std::span<const ExhibitId> ids) {
    auto& database = file.database();
    const auto lock = database.lock();
    std::vector<std::vector<std::string>> found(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto& rows =
            database.cached("SELECT tag FROM carried_tags WHERE exhibit = ?1 ORDER BY tag", ids[i]);
        while (rows.step())
            found[i].push_back(rows.text(0));
    }
    return found;
}

std::vector<ThresholdProfile> threshold_profiles(const CaseFile& file) {
    return readable(file, [&] {
        std::map<std::string, QuestionBands> found{
            {ThresholdProfile{}.name, measured_thresholds(file)}};
        for (const auto& [name, text] : read_choices(file.database(), choice_keys::kThresholds))
            if (!text.empty())
                found[name] = thresholds_of(text);
        std::vector<ThresholdProfile> profiles;
        for (const auto& [name, bands] : found)
            profiles.push_back({name, bands});
        return profiles;
    });
}

ThresholdProfile active_thresholds(const CaseFile& file) {
    return readable(file, [&] {
        ThresholdProfile profile;
        auto& database = file.database();
        const auto lock = database.lock();
        profile.name = read_choice(database, choice_keys::kProfile).value_or(profile.name);
        if (profile.name == ThresholdProfile{}.name)
            profile.bands = measured_thresholds(file);
        const auto text = read_choice(database, choice_keys::kThresholds + profile.name);
        if (text && !text->empty())
            profile.bands = thresholds_of(*text);
        return profile;
    });
}

void set_thresholds(CaseFile& file, const ThresholdProfile& profile, const std::string& by) {
    require_text(profile.name, "The profile's name");
    const bool measured =
        profile.name == ThresholdProfile{}.name && profile.bands == measured_thresholds(file);
    const auto [real_below, fake_from, named] = profile.bands.of(0);
    if (!measured && !profile.bands.common())
        throw CaseError("Only the profile \"default\" can have thresholds of each question.");
    if (!measured && !(0 <= real_below && real_below <= fake_from && fake_from <= 1))
        throw CaseError(
            "Thresholds must be between 0 and 1, and the end of \"looks real\" must not be above "
            "the start of \"looks fake\".");
    const auto before = active_thresholds(file);
    Recording recording(file, by);
    const auto now = measured ? bands_json(profile.bands)
                              : Json{{"real_below", real_below}, {"fake_from", fake_from}};
    // Empty: the measured ones again, whatever they are.
    record_choice(recording, choice_keys::kThresholds + profile.name,
                  measured ? "" : json_line(now));
    record_choice(recording, choice_keys::kProfile, profile.name);
    recording.finish(
        "thresholds set",
        json_line(
            {{"profile", profile.name},
             {"thresholds", now},
             {"before", {{"profile", before.name}, {"thresholds", bands_json(before.bands)}}}}));
}

void show_scorer(CaseFile& file, ScorerId scorer, const std::string& by) {
    for (const auto& each : scorers(file)) {
        if (each.id != scorer)
            continue;
        Recording recording(file, by);
        record_choice(
            recording, choice_keys::kScorer,
            each.digest + ' ' + each.precision + ' ' + std::to_string(each.preprocessing));
        recording.finish("scorer shown", json_line({{"panel", each.panel},
                                                    {"panel_digest", each.digest},
                                                    {"precision", each.precision}}));
        return;
    }
    throw CaseError("The case " + quoted(file.path()) + " has no results of that panel.");
}

void save_filter(CaseFile& file, const std::string& name, const ExhibitFilter& filter,
                 const std::string& by) {
    require_text(name, "The filter's name");
    const auto json =
        filter_json(filter, filter.question ? shown_questions(file) : std::vector<Question>());
    Recording recording(file, by);
    record_choice(recording, choice_keys::kFilter + name, json_line(json));
    recording.finish("filter saved", json_line({{"name", name}, {"filter", json}}));
}

void forget_filter(CaseFile& file, const std::string& name, const std::string& by) {
    Recording recording(file, by);
    record_choice(recording, choice_keys::kFilter + name, "");
    recording.finish("filter forgotten", json_line({{"name", name}}));
}

std::map<std::string, ExhibitFilter> saved_filters(const CaseFile& file) {
    return readable(file, [&] {
        std::map<std::string, ExhibitFilter> filters;
        for (const auto& [name, text] : read_choices(file.database(), choice_keys::kFilter))
            if (!text.empty())
                if (const auto filter = filter_of(file, Json::parse(text)))
                    filters[name] = *filter;
        return filters;
    });
}

}  // namespace dfd
