#include "core/opinion/story.h"

#include <algorithm>
#include <utility>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/map_focus.h"

namespace dfd {
namespace {

constexpr std::size_t kNamed = 3;  ///< at most this many experts are named; more are counted

using Experts = std::vector<const ExpertOpinion*>;

/// How near to each other scores with a spread are.
enum class Closeness { Close, Apart, Contrary };

Closeness closeness_of(double spread) {
    if (spread < 0.10)
        return Closeness::Close;
    return spread < 0.25 ? Closeness::Apart : Closeness::Contrary;
}

/// "between 0.42 and 0.48", or one figure when both read the same.
std::string interval(double low, double high, const BandThresholds& thresholds) {
    const auto from = score_figure(low, thresholds), to = score_figure(high, thresholds);
    return from == to ? from : say("between %1 and %2", {from, to});
}

std::string percent(double share) {
    return std::to_string(static_cast<int>(share * 100)) + " %";  // truncated, so never overstated
}

/// All votes are on one side.
std::string unanimous(const std::string& score, std::size_t experts, bool fake) {
    if (experts == 2)
        return fake ? say("The panel says %1: both experts are on the fake side.", {score})
                    : say("The panel says %1: both experts are on the real side.", {score});
    const auto count = std::to_string(experts);
    return fake ? say("The panel says %1: all %2 experts are on the fake side.", {score, count})
                : say("The panel says %1: all %2 experts are on the real side.", {score, count});
}

std::string verdict(const PanelOpinion& opinion, const Experts& experts,
                    const Disagreement& disagreement, const BandThresholds& thresholds) {
    const auto band = band_of(opinion, thresholds);
    const auto score = score_figure(opinion.score, thresholds) +
                       (band == Band::Unnamed ? "" : " (" + band_words(band) + ")");
    if (experts.size() == 1)
        return say("The panel says %1 based on one expert alone, %2.",
                   {score, experts.front()->name});
    const int fake = disagreement.fake_votes, real = disagreement.real_votes;
    if (fake == 0 || real == 0)
        return unanimous(score, experts.size(), real == 0);
    if (fake == real)
        return fake == 1 ? say("The panel says %1: one of the 2 experts is on the fake side, the "
                               "other on the real side.",
                               {score})
                         : say("The panel says %1: %2 experts are on the fake side and as many on "
                               "the real side.",
                               {score, std::to_string(fake)});
    const bool mostly_fake = fake > real;
    const auto outvoted = static_cast<std::size_t>(std::min(fake, real));
    std::string others = std::to_string(outvoted);
    if (outvoted <= kNamed) {
        std::vector<std::string> names;
        for (const auto* expert : experts)
            if ((expert->score >= disagreement.threshold) != mostly_fake)
                names.push_back(expert->name + " (" + score_figure(expert->score, thresholds) +
                                ")");
        others = listed(names);
    }
    const auto most = std::to_string(std::max(fake, real));
    const auto count = std::to_string(experts.size());
    if (outvoted == 1)
        return mostly_fake ? say("The panel says %1: %2 of %3 experts are on the fake side, %4 is "
                                 "on the real side.",
                                 {score, most, count, others})
                           : say("The panel says %1: %2 of %3 experts are on the real side, %4 is "
                                 "on the fake side.",
                                 {score, most, count, others});
    return mostly_fake ? say("The panel says %1: %2 of %3 experts are on the fake side, %4 are on "
                             "the real side.",
                             {score, most, count, others})
                       : say("The panel says %1: %2 of %3 experts are on the real side, %4 are on "
                             "the fake side.",
                             {score, most, count, others});
}

/// No single expert changes the side on which the panel is.
std::string no_decider(bool decided, bool fake, const std::string& stays,
                       const std::string& threshold) {
    if (decided)
        return fake ? say("No single expert decides: without any one of them the score stays %1, "
                          "on the fake side of %2.",
                          {stays, threshold})
                    : say("No single expert decides: without any one of them the score stays %1, "
                          "on the real side of %2.",
                          {stays, threshold});
    return fake ? say("No single expert turns the side: without any one of them the score stays "
                      "%1, on the fake side of %2.",
                      {stays, threshold})
                : say("No single expert turns the side: without any one of them the score stays "
                      "%1, on the real side of %2.",
                      {stays, threshold});
}

/// One expert changes the side to this one.
std::string one_decider(bool decided, bool fake, const std::string& name, const std::string& score,
                        const std::string& threshold) {
    if (decided)
        return fake ? say("One expert decides: without %1 the score would be %2, on the fake side "
                          "of %3.",
                          {name, score, threshold})
                    : say("One expert decides: without %1 the score would be %2, on the real side "
                          "of %3.",
                          {name, score, threshold});
    return fake ? say("One expert turns the side: without %1 the score would be %2, on the fake "
                      "side of %3.",
                      {name, score, threshold})
                : say("One expert turns the side: without %1 the score would be %2, on the real "
                      "side of %3.",
                      {name, score, threshold});
}

/// Where the panel's word decides nothing, an expert cannot decide either: it can turn the side.
std::string decision(const PanelOpinion& opinion, const Experts& experts,
                     const Disagreement& disagreement, const BandThresholds& thresholds) {
    const auto band = band_of(opinion, thresholds);
    const bool decided = band == Band::LooksFake || band == Band::LooksReal;
    const bool fake = opinion.score >= disagreement.threshold;
    const auto threshold = score_figure(disagreement.threshold, thresholds);
    const auto& deciders = disagreement.flipped_by;
    if (deciders.empty())
        return no_decider(
            decided, fake,
            interval(disagreement.without_lowest, disagreement.without_highest, thresholds),
            threshold);
    double low = 1, high = 0;
    for (const auto* expert : experts)
        if ((expert->without >= disagreement.threshold) != fake) {
            low = std::min(low, expert->without);
            high = std::max(high, expert->without);
        }
    if (deciders.size() == 1)
        return one_decider(decided, !fake, deciders.front(), score_figure(low, thresholds),
                           threshold);
    const auto who = deciders.size() <= kNamed
                         ? listed(deciders, to_say(" or "))
                         : say("any one of %1 experts", {std::to_string(deciders.size())});
    const auto range = interval(low, high, thresholds);
    return fake ? say("The side depends on single experts: without %1 the score would be %2, on "
                      "the real side of %3.",
                      {who, range, threshold})
                : say("The side depends on single experts: without %1 the score would be %2, on "
                      "the fake side of %3.",
                      {who, range, threshold});
}

std::string spread(const Disagreement& disagreement, const BandThresholds& thresholds) {
    const auto lowest = score_figure(disagreement.lowest, thresholds);
    const auto highest = score_figure(disagreement.highest, thresholds);
    const auto figure = formatted("%.2f", disagreement.spread);
    switch (closeness_of(disagreement.spread)) {
        case Closeness::Close:
            return say("The scores lie close together: from %1 to %2, spread %3.",
                       {lowest, highest, figure});
        case Closeness::Apart:
            return say("The scores differ: from %1 to %2, spread %3.", {lowest, highest, figure});
        case Closeness::Contrary:
            break;
    }
    return say("The scores contradict each other: from %1 to %2, spread %3.",
               {lowest, highest, figure});
}

struct ConcentratedMap {
    std::string name;
    MapFocus focus;
};

/// Groups the experts by the place of their maps, in order of first appearance.
std::string places(const std::vector<ConcentratedMap>& concentrated) {
    std::vector<std::pair<std::string, std::vector<std::string>>> by_place;
    for (const auto& each : concentrated) {
        const std::string place = place_name(each.focus);
        auto found = std::find_if(by_place.begin(), by_place.end(),
                                  [&](const auto& known) { return known.first == place; });
        if (found == by_place.end())
            found = by_place.insert(by_place.end(), {place, {}});
        found->second.push_back(each.name);
    }
    std::vector<std::string> parts;
    for (const auto& [place, names] : by_place)
        parts.push_back(
            (concentrated.size() <= kNamed ? listed(names) : std::to_string(names.size())) + " " +
            place);
    return listed(parts);
}

/// Where two maps or more are concentrated, by how many those are of all (both, all, some) and
/// whether their places are one, overlap or differ. %1: the places, %2: the smallest share, %3 of
/// %4 maps.
constexpr const char* kConcentrated[3][3] = {
    {to_say("Both maps are concentrated in the same place: %1 (at least %2 of each within a ninth "
            "of the picture)."),
     to_say("Both maps are concentrated in overlapping places: %1 (at least %2 of each within a "
            "ninth of the picture)."),
     to_say("Both maps are concentrated in different places: %1 (at least %2 of each within a "
            "ninth of the picture).")},
    {to_say("All %3 maps are concentrated in the same place: %1 (at least %2 of each within a "
            "ninth of the picture)."),
     to_say("All %3 maps are concentrated in overlapping places: %1 (at least %2 of each within a "
            "ninth of the picture)."),
     to_say("All %3 maps are concentrated in different places: %1 (at least %2 of each within a "
            "ninth of the picture).")},
    {to_say("%3 of %4 maps are concentrated in the same place: %1 (at least %2 of each within a "
            "ninth of the picture)."),
     to_say("%3 of %4 maps are concentrated in overlapping places: %1 (at least %2 of each within "
            "a ninth of the picture)."),
     to_say("%3 of %4 maps are concentrated in different places: %1 (at least %2 of each within a "
            "ninth of the picture).")}};

/// Of at least two concentrated maps among those `seen`.
std::string several(const std::vector<ConcentratedMap>& concentrated, std::size_t seen,
                    const std::string& least) {
    const bool together =
        std::all_of(concentrated.begin(), concentrated.end(), [&](const ConcentratedMap& one) {
            return std::all_of(
                concentrated.begin(), concentrated.end(),
                [&](const ConcentratedMap& other) { return overlap(one.focus, other.focus); });
        });
    // Overlapping windows can have centres in different cells of the grid; name each one then.
    const std::string first = place_name(concentrated.front().focus);
    const bool one_name =
        std::all_of(concentrated.begin(), concentrated.end(),
                    [&](const ConcentratedMap& each) { return place_name(each.focus) == first; });
    const bool same = together && one_name;
    const std::size_t some = concentrated.size() != seen ? 2 : seen == 2 ? 0 : 1;
    return say(kConcentrated[some][same       ? 0
                                   : together ? 1
                                              : 2],
               {same ? first : places(concentrated), least, std::to_string(concentrated.size()),
                std::to_string(seen)});
}

/// Empty when no expert has a map.
std::string maps(const Experts& experts) {
    std::vector<ConcentratedMap> concentrated;
    std::size_t seen = 0;
    double least = 1;
    for (const auto* expert : experts) {
        if (!expert->map)
            continue;
        ++seen;
        const auto focus = focus_of(*expert->map);
        if (!focus || !is_concentrated(*focus))
            continue;
        concentrated.push_back({expert->name, *focus});
        least = std::min(least, focus->share);
    }
    if (seen == 0)
        return {};
    if (concentrated.empty())
        return seen == 1 ? say("The map is not concentrated in one place.")
                         : say("None of the %1 maps is concentrated in one place.",
                               {std::to_string(seen)});
    if (concentrated.size() == 1) {
        const auto& one = concentrated.front();
        const auto place = place_name(one.focus), share = percent(one.focus.share);
        return seen == 1 ? say("The map of %1 is concentrated: %2 (%3 of it within a ninth of the "
                               "picture).",
                               {one.name, place, share})
                         : say("Only the map of %1 is concentrated: %2 (%3 of it within a ninth "
                               "of the picture).",
                               {one.name, place, share});
    }
    return several(concentrated, seen, percent(least));
}

Experts counting(const PanelOpinion& opinion) {
    Experts experts;
    for (const auto& expert : opinion.experts)
        if (counted(expert) > 0)
            experts.push_back(&expert);
    return experts;
}

}  // namespace

std::string listed(const std::vector<std::string>& parts, const char* last) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            text += i + 1 == parts.size() ? say(last) : ", ";
        text += parts[i];
    }
    return text;
}

std::string spread_words(double spread) {
    switch (closeness_of(spread)) {
        case Closeness::Close:
            return say("the scores lie close together");
        case Closeness::Apart:
            return say("the scores differ");
        case Closeness::Contrary:
            break;
    }
    return say("the scores contradict each other");
}

std::string combination_sentence(const PanelOpinion& opinion) {
    std::vector<std::string> changed;
    for (const auto& expert : opinion.experts) {
        if (!expert.available())
            changed.push_back(say("%1 has no opinion", {expert.name}));
        else if (expert.weight == 0)
            changed.push_back(say("%1 is muted", {expert.name}));
        else if (expert.weight != 1)
            changed.push_back(
                say("%1 counts %2 times", {expert.name, formatted("%.3g", expert.weight)}));
    }
    return say("This is not the reference combination: %1.", {listed(changed)});
}

std::string fused_sentence(const PanelOpinion& opinion, std::size_t question) {
    const auto* const fusion = fusion_of(opinion, question);
    if (fusion == nullptr)
        return {};
    return say(
        "A fusion fitted to labelled pictures combines the experts, not a mean: log-odds %1.",
        {fusion_words(*fusion, 2)});
}

std::string fusion_words(const Fusion& fusion, int decimals) {
    auto text = formatted("%+.*f", decimals, fusion.bias);
    for (const auto& [expert, slope] : fusion.experts)
        text += formatted(" + %.*f x ", decimals, slope) + expert;
    return text;
}

std::string limits_sentence(std::size_t warnings) {
    return say_count(warnings, "%1 warning limits what this score can mean; it is listed with it.",
                     "%1 warnings limit what this score can mean; they are listed with it.");
}

std::vector<std::string> answer_story(const PanelOpinion& opinion, std::size_t question,
                                      const QuestionBands& bands, const Firmness* firmness) {
    const auto thresholds = bands_for(opinion, question, bands);
    const auto one = part(opinion, question);
    const auto asked =
        opinion.answers.empty() ? std::string() : say(opinion.answers[question].text) + " ";
    const auto experts = counting(one);
    if (experts.empty())
        return {asked + say("Not answered: none of its experts counts.")};
    if (const auto reasons = out_of_scope(opinion, question); !reasons.empty()) {
        std::vector<std::string> story{asked + say("No assessment.")};
        for (const auto& each : reasons)
            story.push_back(each.reason);
        story.push_back(say("The score, %1, was never measured on such pictures.",
                            {score_figure(one.score, thresholds)}));
        return story;
    }
    const auto disagreement = disagreement_of(one);
    std::vector<std::string> story{asked + verdict(one, experts, disagreement, thresholds)};
    if (auto sentence = worth_sentence(opinion, question); !sentence.empty())
        story.push_back(std::move(sentence));
    if (auto sentence = fused_sentence(opinion, question); !sentence.empty())
        story.push_back(std::move(sentence));
    if (experts.size() > 1) {
        story.push_back(decision(one, experts, disagreement, thresholds));
        story.push_back(spread(disagreement, thresholds));
    }
    if (auto sentence = maps(experts); !sentence.empty())
        story.push_back(std::move(sentence));
    if (firmness != nullptr && firmness->question == question)
        for (auto& sentence : firmness_story(*firmness, bands))
            story.push_back(std::move(sentence));
    return story;
}

std::vector<std::string> story_of(const PanelOpinion& opinion,
                                  const std::vector<std::string>& warnings,
                                  const QuestionBands& bands, const Firmness* firmness) {
    std::vector<std::string> story;
    if (opinion.experts.empty())
        return story;
    if (!is_reference_combination(opinion))
        story.push_back(combination_sentence(opinion));
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        for (auto& sentence : answer_story(opinion, q, bands, firmness))
            story.push_back(std::move(sentence));
    if (!warnings.empty())
        story.push_back(limits_sentence(warnings.size()));
    return story;
}

std::string summary_of(const PanelOpinion& opinion, const std::vector<std::string>& warnings,
                       const QuestionBands& bands, const Firmness* firmness) {
    return joined(story_of(opinion, warnings, bands, firmness), " ");
}

}  // namespace dfd
