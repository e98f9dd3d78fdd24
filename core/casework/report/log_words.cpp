#include "core/casework/report/log_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <span>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/exhibits/exhibits.h"
#include "core/casework/store/interrupted_scans.h"
#include "core/casework/store/recording.h"
#include "core/opinion/bands.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNamed = 3;  ///< of a list; more are counted

/// A value on one line, without quotation marks of its own.
std::string shown(const Json& value) {
    return visible(value.is_string() ? value.get<std::string>() : json_line(value));
}

template <class Items, class Words>
std::string some(const Items& items, Words&& words) {
    const auto all = std::span(items);
    auto text = joined(all.first(std::min(kNamed, all.size())), ", ", words);
    if (all.size() > kNamed)
        text += ", " + say("and %1 more", {std::to_string(all.size() - kNamed)});
    return text;
}

class Words {
  public:
    explicit Words(const CaseFile& file) : file_(file) {}

    std::string of(const LogEntry& entry) {
        details_ = Json::parse(entry.details, nullptr, false);
        if (!details_.is_object())
            return visible(entry.action) + ": " + visible(entry.details);
        for (const auto& [action, words] : kActions)
            if (entry.action == action)
                return (this->*words)();
        // Of another version.
        auto text = visible(entry.action);
        for (auto each = details_.begin(); each != details_.end(); ++each)
            text += (each == details_.begin() ? ": " : "; ") + visible(each.key()) + ' ' +
                    shown(each.value());
        return text;
    }

  private:
    struct Action {
        const char* name;
        std::string (Words::*words)();
    };
    static const std::array<Action, 19> kActions;

    [[nodiscard]] std::string value(const char* key) const {
        const auto found = details_.find(key);
        return found == details_.end() ? "?" : shown(*found);
    }

    std::string exhibit(const std::string& name) {
        const auto [known, added] = names_.try_emplace(name, visible(name));
        if (!added)
            return known->second;
        try {
            const auto id = named_exhibit(file_, name);
            for (const auto& row : exhibit_rows(file_, std::span(&id, 1)))
                known->second = visible(row.path.filename().native());
        } catch (const CaseError&) {  // not in this case
        }
        return known->second;
    }

    std::string exhibits() {
        std::vector<std::string> names;
        if (const auto found = details_.find("exhibits");
            found != details_.end() && found->is_array())
            for (const auto& name : *found)
                names.push_back(name.is_string() ? name.get<std::string>() : shown(name));
        return some(names, [this](const std::string& name) { return exhibit(name); });
    }

    std::string one_exhibit() {
        const auto found = details_.find("exhibit");
        return found != details_.end() && found->is_string() ? exhibit(found->get<std::string>())
                                                             : value("exhibit");
    }

    std::string created() { return say("The case was created."); }
    std::string migrated() {
        return say("The case's file was brought to version %1.", {value("to version")});
    }
    std::string scan_began() {
        std::vector<std::string> paths;
        const auto options = details_.value("options", Json::object());
        if (options.is_object() && options.contains("paths") && options["paths"].is_array())
            for (const auto& path : options["paths"])
                paths.push_back(shown(path));
        return say("A scan began, with the panel %1 (%2): %3",
                   {value("panel"), value("precision"), some(paths, std::identity{})});
    }
    std::string results() {
        return say("Results of the scan. Scored: %1, failed: %2. Looked at so far: %3 of %4.",
                   {value("scored"), value("failed"), value("looked_at"), value("found")});
    }
    std::string scan_ended() { return say("The scan ended.") + ' ' + counts(); }
    std::string scan_stopped() { return say("The scan was stopped.") + ' ' + counts(); }
    [[nodiscard]] std::string counts() const {
        return say("Files looked at: %1. Scored: %2, failed: %3, gone: %4.",
                   {value("looked_at"), value("scored"), value("failed"), value("gone")});
    }
    std::string marked() {
        if (value("mark") == mark_name(Mark::None))
            return say("The mark was removed: %1", {exhibits()});
        return say("Marked as \"%1\": %2", {say(value("mark")), exhibits()});
    }
    std::string tagged() { return say("Tagged \"%1\": %2", {value("tag"), exhibits()}); }
    std::string untagged() {
        return say("The tag \"%1\" was removed: %2", {value("tag"), exhibits()});
    }
    std::string noted() { return say("Note on %1: %2", {one_exhibit(), value("text")}); }
    std::string thresholds() {
        const auto edges = details_.value("thresholds", Json::object());
        auto words = say("those of each question");
        if (edges.is_object() && !edges.contains("questions")) {
            const BandThresholds bands{edge(edges, "real_below", -1), edge(edges, "fake_from", 2)};
            words = bands_words(
                bands.real_edge() || bands.fake_edge() ? bands : BandThresholds{.named = false});
        }
        return say("The thresholds \"%1\" apply: %2", {value("profile"), words});
    }
    static double edge(const Json& edges, const char* key, double otherwise) {
        const auto found = edges.find(key);
        return found != edges.end() && found->is_number() ? found->get<double>() : otherwise;
    }
    std::string scorer() {
        return say("The results of the panel %1 (%2) are shown.",
                   {value("panel"), value("precision")});
    }
    std::string filter_saved() { return say("The filter \"%1\" was saved.", {value("name")}); }
    std::string filter_forgotten() {
        return say("The filter \"%1\" was deleted.", {value("name")});
    }
    std::string stability() {
        const auto figure = [this](const char* key) {
            return score_figure(edge(details_, key, std::nan("")), {.named = false});
        };
        return say(
            "Stability of %1 with the panel %2: from %3 to %4 over %5 versions.",
            {one_exhibit(), value("panel"), figure("low"), figure("high"), value("versions")});
    }
    std::string exported() {
        const auto words = say("Exported to %1 (%2). Exhibits: %3.",
                               {value("file"), value("format"), value("exhibits")});
        return details_.value("signed", Json(false)) == true ? words + ' ' + say("Signed.") : words;
    }
    std::string merged() {
        return say(
            "Merged with the case %1. New exhibits: %2, files: %3, results: %4, decisions: %5.",
            {value("case"), value("exhibits"), value("files"), value("results"),
             value("decisions")});
    }
    std::string merged_rows() {
        return say("Rows taken from the case %1: %2.", {value("case"), value("rows")});
    }
    std::string clock() {
        return say("The clock of the computer was set back, from %1 to %2.",
                   {value("from"), value("to")});
    }

    const CaseFile& file_;
    Json details_;
    std::map<std::string, std::string> names_;
};

const std::array<Words::Action, 19> Words::kActions{{
    {"created", &Words::created},
    {"migrated", &Words::migrated},
    {scan_actions::kBegan, &Words::scan_began},
    {scan_actions::kResults, &Words::results},
    {scan_actions::kEnded, &Words::scan_ended},
    {scan_actions::kStopped, &Words::scan_stopped},
    {"marked", &Words::marked},
    {"tagged", &Words::tagged},
    {"untagged", &Words::untagged},
    {"noted", &Words::noted},
    {"thresholds set", &Words::thresholds},
    {"scorer shown", &Words::scorer},
    {"filter saved", &Words::filter_saved},
    {"filter forgotten", &Words::filter_forgotten},
    {"stability", &Words::stability},
    {"exported", &Words::exported},
    {"merged", &Words::merged},
    {kMergedRows, &Words::merged_rows},
    {kClockWentBack, &Words::clock},
}};

}  // namespace

std::vector<std::string> log_sentences(const CaseFile& file, const std::vector<LogEntry>& entries) {
    Words words(file);
    std::vector<std::string> sentences;
    for (const auto& entry : entries)
        sentences.push_back(words.of(entry));
    return sentences;
}

}  // namespace dfd
