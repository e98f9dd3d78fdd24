#include "core/opinion/story.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/base/formatted.h"
#include "core/base/text.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/map_focus.h"

namespace dfd {
namespace {

constexpr std::size_t kNamed = 3;  ///< at most this many experts are named; more are counted

using Experts = std::vector<const ExpertOpinion*>;

const char* side(bool fake) {
    return fake ? "fake" : "real";
}

/// "between 0.42 and 0.48", or one figure when both read the same.
std::string interval(double low, double high) {
    const auto from = score_figure(low), to = score_figure(high);
    return from == to ? from : "between " + from + " and " + to;
}

std::string percent(double share) {
    return std::to_string(static_cast<int>(share * 100)) + " %";  // truncated, so never overstated
}

std::string verdict(const PanelOpinion& opinion, const Experts& experts,
                    const Disagreement& disagreement, const BandThresholds& thresholds) {
    const auto band = band_of(opinion, thresholds);
    const std::string says =
        "The panel says " + score_figure(opinion.score, thresholds) +
        (band == Band::Unnamed ? "" : std::string(" (") + band_name(band) + ")");
    if (experts.size() == 1)
        return says + " based on one expert alone, " + experts.front()->name + ".";
    const int fake = disagreement.fake_votes, real = disagreement.real_votes;
    const auto count = std::to_string(experts.size());
    if (fake == 0 || real == 0)
        return says + ": " + (experts.size() == 2 ? "both" : "all " + count) +
               " experts are on the " + side(real == 0) + " side.";
    if (fake == real)
        return says +
               (fake == 1
                    ? ": one of the 2 experts is on the fake side, the other on the real side."
                    : ": " + std::to_string(fake) +
                          " experts are on the fake side and as "
                          "many on the real side.");
    const bool mostly_fake = fake > real;
    const auto outvoted = static_cast<std::size_t>(std::min(fake, real));
    std::string others = std::to_string(outvoted);
    if (outvoted <= kNamed) {
        std::vector<std::string> names;
        for (const auto* expert : experts)
            if ((expert->score >= disagreement.threshold) != mostly_fake)
                names.push_back(expert->name + " (" + score_figure(expert->score) + ")");
        others = listed(names);
    }
    return says + ": " + std::to_string(std::max(fake, real)) + " of " + count +
           " experts are on the " + side(mostly_fake) + " side, " + others +
           (outvoted == 1 ? " is" : " are") + " on the " + side(!mostly_fake) + " side.";
}

/// Where the panel's word decides nothing, an expert cannot decide either: it can turn the side.
std::string decision(const PanelOpinion& opinion, const Experts& experts,
                     const Disagreement& disagreement, const BandThresholds& thresholds) {
    const auto band = band_of(opinion, thresholds);
    const bool decided = band == Band::LooksFake || band == Band::LooksReal;
    const bool fake = opinion.score >= disagreement.threshold;
    const auto on_side = [&](bool of_fake) {
        std::string words = "on the ";
        words.append(side(of_fake)).append(" side of ");
        return words.append(score_figure(disagreement.threshold)).append(".");
    };
    const auto& deciders = disagreement.flipped_by;
    if (deciders.empty())
        return std::string("No single expert ") + (decided ? "decides" : "turns the side") +
               ": without any one of them the score stays " +
               interval(disagreement.without_lowest, disagreement.without_highest) + ", " +
               on_side(fake);
    double low = 1, high = 0;
    for (const auto* expert : experts)
        if ((expert->without >= disagreement.threshold) != fake) {
            low = std::min(low, expert->without);
            high = std::max(high, expert->without);
        }
    if (deciders.size() == 1)
        return std::string("One expert ") + (decided ? "decides" : "turns the side") +
               ": without " + deciders.front() + " the score would be " + score_figure(low) + ", " +
               on_side(!fake);
    const auto who = deciders.size() <= kNamed
                         ? listed(deciders, " or ")
                         : "any one of " + std::to_string(deciders.size()) + " experts";
    return "The side depends on single experts: without " + who + " the score would be " +
           interval(low, high) + ", " + on_side(!fake);
}

std::string spread(const Disagreement& disagreement) {
    std::string words = spread_words(disagreement.spread);
    words[0] = 'T';
    return words + ": from " + score_figure(disagreement.lowest) + " to " +
           score_figure(disagreement.highest) + ", spread " + score_figure(disagreement.spread) +
           ".";
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

/// Empty when no expert has a map.
std::string maps(const Experts& experts) {
    std::vector<ConcentratedMap> concentrated;
    int seen = 0;
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
        return seen == 1
                   ? "The map is not concentrated in one place."
                   : "None of the " + std::to_string(seen) + " maps is concentrated in one place.";
    const auto within = " within a ninth of the picture";
    if (concentrated.size() == 1) {
        const auto& one = concentrated.front();
        return (seen == 1 ? "The map of " : "Only the map of ") + one.name +
               " is concentrated: " + place_name(one.focus) + " (" + percent(one.focus.share) +
               " of it" + within + ").";
    }
    const bool together =
        std::all_of(concentrated.begin(), concentrated.end(), [&](const ConcentratedMap& one) {
            return std::all_of(
                concentrated.begin(), concentrated.end(),
                [&](const ConcentratedMap& other) { return overlap(one.focus, other.focus); });
        });
    const auto count = std::to_string(concentrated.size());
    const auto some = static_cast<int>(concentrated.size()) == seen
                          ? (seen == 2 ? "Both maps are" : "All " + count + " maps are")
                          : count + " of " + std::to_string(seen) + " maps are";
    const auto at_least = " (at least " + percent(least) + " of each" + within + ").";
    // Overlapping windows can have centres in different cells of the grid; name each one then.
    const std::string first = place_name(concentrated.front().focus);
    const bool one_name =
        std::all_of(concentrated.begin(), concentrated.end(),
                    [&](const ConcentratedMap& each) { return place_name(each.focus) == first; });
    if (together && one_name)
        return some + " concentrated in the same place: " + first + at_least;
    return some +
           (together ? " concentrated in overlapping places: "
                     : " concentrated in different places: ") +
           places(concentrated) + at_least;
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
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : i + 1 == parts.size() ? last : ", ") + parts[i];
    return text;
}

const char* spread_words(double spread) {
    if (spread < 0.10)
        return "the scores lie close together";
    return spread < 0.25 ? "the scores differ" : "the scores contradict each other";
}

std::string combination_sentence(const PanelOpinion& opinion) {
    std::vector<std::string> changed;
    for (const auto& expert : opinion.experts) {
        char weight[32];
        std::snprintf(weight, sizeof weight, "%.3g", expert.weight);
        if (!expert.available())
            changed.push_back(expert.name + " has no opinion");
        else if (expert.weight == 0)
            changed.push_back(expert.name + " is muted");
        else if (expert.weight != 1)
            changed.push_back(expert.name + " counts " + weight + " times");
    }
    return "This is not the reference combination: " + listed(changed) + ".";
}

std::string fused_sentence(const PanelOpinion& opinion, std::size_t question) {
    const auto* const fusion = fusion_of(opinion, question);
    if (fusion == nullptr)
        return {};
    return "A fusion fitted to labelled pictures combines the experts, not a mean: log-odds " +
           fusion_words(*fusion, 2) + ".";
}

std::string fusion_words(const Fusion& fusion, int decimals) {
    auto text = formatted("%+.*f", decimals, fusion.bias);
    for (const auto& [expert, slope] : fusion.experts)
        text += formatted(" + %.*f x ", decimals, slope) + expert;
    return text;
}

std::string limits_sentence(std::size_t warnings) {
    return warnings == 1 ? "1 warning limits what this score can mean; it is listed with it."
                         : std::to_string(warnings) +
                               " warnings limit what this score can mean; they are listed with it.";
}

std::vector<std::string> answer_story(const PanelOpinion& opinion, std::size_t question,
                                      const QuestionBands& bands, const Firmness* firmness) {
    const auto& thresholds = bands.of(question);
    const auto one = part(opinion, question);
    const auto asked =
        opinion.answers.empty() ? std::string() : opinion.answers[question].text + " ";
    const auto experts = counting(one);
    if (experts.empty())
        return {asked + "Not answered: none of its experts counts."};
    if (const auto reasons = out_of_scope(opinion, question); !reasons.empty()) {
        std::vector<std::string> story{asked + "No assessment."};
        for (const auto& each : reasons)
            story.push_back(each.reason);
        story.push_back("The score, " + score_figure(one.score, thresholds) +
                        ", was never measured on such pictures.");
        return story;
    }
    const auto disagreement = disagreement_of(one);
    std::vector<std::string> story{asked + verdict(one, experts, disagreement, thresholds)};
    if (const auto assessment = assessment_of(opinion, question))
        story.push_back(opinion.answers.empty() ? assessment_sentence(*assessment)
                                                : assessment_sentence(*assessment, "yes", "no"));
    if (auto sentence = fused_sentence(opinion, question); !sentence.empty())
        story.push_back(std::move(sentence));
    if (experts.size() > 1) {
        story.push_back(decision(one, experts, disagreement, thresholds));
        story.push_back(spread(disagreement));
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
