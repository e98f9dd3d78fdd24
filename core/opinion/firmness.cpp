#include "core/opinion/firmness.h"

#include <algorithm>
#include <utility>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

constexpr std::size_t kNamed = 3;  ///< most changes of side to name; the rest are counted

std::string versions(int count) {
    return say_count(static_cast<std::size_t>(count), "%1 version", "%1 versions");
}

bool on_fake_side(const Firmness& firmness) {
    return firmness.score >= firmness.threshold;
}

std::string not_firm_sentence(const Firmness& firmness, const std::string& low,
                              const std::string& high, const std::string& threshold) {
    const auto left = static_cast<std::size_t>(firmness.other_side);
    const auto tried = versions(firmness.ordinary);
    return on_fake_side(firmness)
               ? say_count(left,
                           "Not firm: over ordinary re-sharing (%2 tried) the score goes from %3 "
                           "to %4, and %1 of %2 leaves the fake side of %5.",
                           "Not firm: over ordinary re-sharing (%2 tried) the score goes from %3 "
                           "to %4, and %1 of %2 leave the fake side of %5.",
                           {tried, low, high, threshold})
               : say_count(left,
                           "Not firm: over ordinary re-sharing (%2 tried) the score goes from %3 "
                           "to %4, and %1 of %2 leaves the real side of %5.",
                           "Not firm: over ordinary re-sharing (%2 tried) the score goes from %3 "
                           "to %4, and %1 of %2 leave the real side of %5.",
                           {tried, low, high, threshold});
}

std::string interval_sentence(const Firmness& firmness, const BandThresholds& thresholds) {
    const auto low = score_figure(firmness.low, thresholds);
    const auto high = score_figure(firmness.high, thresholds);
    const auto threshold = score_figure(firmness.threshold, thresholds);
    if (firmness.other_side > 0)
        return not_firm_sentence(firmness, low, high, threshold);
    const auto tried = versions(firmness.ordinary);
    const auto range = low == high ? say("at %1", {low}) : say("between %1 and %2", {low, high});
    const auto band = band_of(firmness.score, thresholds);
    if (band == Band::Unnamed)
        return on_fake_side(firmness)
                   ? say("Fairly firm: over ordinary re-sharing (%1 tried) the score stays %2, on "
                         "the fake side of %3.",
                         {tried, range, threshold})
                   : say("Fairly firm: over ordinary re-sharing (%1 tried) the score stays %2, on "
                         "the real side of %3.",
                         {tried, range, threshold});
    const auto words = band_words(band);
    if (band_of(firmness.low, thresholds) == band && band_of(firmness.high, thresholds) == band)
        return say("Firm: over ordinary re-sharing (%1 tried) the score stays %2, always \"%3\".",
                   {tried, range, words});
    return on_fake_side(firmness)
               ? say("Fairly firm: over ordinary re-sharing (%1 tried) the score stays %2, on the "
                     "fake side of %3 but not always \"%4\".",
                     {tried, range, threshold, words})
               : say("Fairly firm: over ordinary re-sharing (%1 tried) the score stays %2, on the "
                     "real side of %3 but not always \"%4\".",
                     {tried, range, threshold, words});
}

std::string treatment_sentence(const SevereTreatment& treatment, const BandThresholds& thresholds) {
    const auto name = say(treatment.name);
    const auto score = score_figure(treatment.score, thresholds);
    if (!thresholds.named)
        return say("After %1, which is not ordinary re-sharing, the score would be %2.",
                   {name, score});
    return say("After %1, which is not ordinary re-sharing, the score would be %2 (%3).",
               {name, score, band_words(band_of(treatment.score, thresholds))});
}

std::string flip_sentence(const Firmness& firmness, const BandThresholds& thresholds) {
    const bool fake = on_fake_side(firmness);
    const auto threshold = score_figure(firmness.threshold, thresholds);
    const auto scored = static_cast<std::size_t>(firmness.versions);
    std::vector<std::string> named;
    for (const auto& flip : firmness.flips)
        if (auto words = flip_words(flip);
            flip.panel && std::find(named.begin(), named.end(), words) == named.end())
            named.push_back(std::move(words));
    if (named.empty())
        return fake ? say_count(scored,
                                "None of the %1 version of the picture that were scored leaves the "
                                "fake side of %2.",
                                "None of the %1 versions of the picture that were scored leaves "
                                "the fake side of %2.",
                                {threshold})
                    : say_count(scored,
                                "None of the %1 version of the picture that were scored leaves the "
                                "real side of %2.",
                                "None of the %1 versions of the picture that were scored leaves "
                                "the real side of %2.",
                                {threshold});
    const auto count = named.size();
    named.resize(std::min(count, kNamed));
    const auto left = static_cast<std::size_t>(firmness.all_other_side);
    const auto at = listed(named), all = versions(firmness.versions);
    if (count <= kNamed)
        return fake ? say_count(left,
                                "The panel changes sides at %2; %1 of %3 that were scored leaves "
                                "the fake side of %4.",
                                "The panel changes sides at %2; %1 of %3 that were scored leave "
                                "the fake side of %4.",
                                {at, all, threshold})
                    : say_count(left,
                                "The panel changes sides at %2; %1 of %3 that were scored leaves "
                                "the real side of %4.",
                                "The panel changes sides at %2; %1 of %3 that were scored leave "
                                "the real side of %4.",
                                {at, all, threshold});
    const auto more = std::to_string(count - kNamed);
    return fake ? say_count(left,
                            "The panel changes sides at %2, and in %5 more; %1 of %3 that were "
                            "scored leaves the fake side of %4.",
                            "The panel changes sides at %2, and in %5 more; %1 of %3 that were "
                            "scored leave the fake side of %4.",
                            {at, all, threshold, more})
                : say_count(left,
                            "The panel changes sides at %2, and in %5 more; %1 of %3 that were "
                            "scored leaves the real side of %4.",
                            "The panel changes sides at %2, and in %5 more; %1 of %3 that were "
                            "scored leave the real side of %4.",
                            {at, all, threshold, more});
}

}  // namespace

std::string flip_words(const FlipPoint& flip) {
    return flip.pattern.empty() ? say(flip.words) : say(flip.pattern, {flip.amount});
}

std::string interval_words(const Firmness& firmness, const QuestionBands& bands) {
    const auto& thresholds = bands.of(firmness.question);
    return say("%1 to %2 over ordinary re-sharing",
               {score_figure(firmness.low, thresholds), score_figure(firmness.high, thresholds)});
}

std::vector<std::string> firmness_story(const Firmness& firmness, const QuestionBands& bands) {
    const auto& thresholds = bands.of(firmness.question);
    std::vector<std::string> story;
    if (firmness.versions == 0)
        return story;
    if (firmness.ordinary > 0)
        story.push_back(interval_sentence(firmness, thresholds));
    for (const auto& treatment : firmness.severe)
        story.push_back(treatment_sentence(treatment, thresholds));
    story.push_back(flip_sentence(firmness, thresholds));
    return story;
}

std::string firmness_summary(const Firmness& firmness, const QuestionBands& bands) {
    return joined(firmness_story(firmness, bands), " ");
}

}  // namespace dfd
