#include "core/opinion/firmness.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

constexpr std::size_t kNamed = 3;  ///< most changes of side to name; the rest are counted

std::string versions(int count) {
    return std::to_string(count) + (count == 1 ? " version" : " versions");
}

std::string side_words(double score, const Firmness& firmness, const BandThresholds& thresholds) {
    return std::string(score >= firmness.threshold ? "fake" : "real") + " side of " +
           score_figure(firmness.threshold, thresholds);
}

std::string interval_sentence(const Firmness& firmness, const BandThresholds& thresholds) {
    const auto low = score_figure(firmness.low, thresholds);
    const auto high = score_figure(firmness.high, thresholds);
    const auto tried = "over ordinary re-sharing (" + versions(firmness.ordinary) + " tried) ";
    if (firmness.other_side > 0)
        return "Not firm: " + tried + "the score goes from " + low + " to " + high + ", and " +
               std::to_string(firmness.other_side) + " of " + versions(firmness.ordinary) +
               (firmness.other_side == 1 ? " leaves the " : " leave the ") +
               side_words(firmness.score, firmness, thresholds) + ".";
    const auto stays = tried + "the score stays " +
                       (low == high ? "at " + low : "between " + low + " and " + high) + ", ";
    const auto band = band_of(firmness.score, thresholds);
    if (band == Band::Unnamed)
        return "Fairly firm: " + stays + "on the " +
               side_words(firmness.score, firmness, thresholds) + ".";
    if (band_of(firmness.low, thresholds) == band && band_of(firmness.high, thresholds) == band)
        return "Firm: " + stays + "always \"" + band_name(band) + "\".";
    return "Fairly firm: " + stays + "on the " + side_words(firmness.score, firmness, thresholds) +
           " but not always \"" + band_name(band) + "\".";
}

std::string treatment_sentence(const SevereTreatment& treatment, const BandThresholds& thresholds) {
    return "After " + treatment.name + ", which is not ordinary re-sharing, the score would be " +
           score_figure(treatment.score, thresholds) +
           (thresholds.named
                ? std::string(" (") + band_name(band_of(treatment.score, thresholds)) + ")."
                : ".");
}

std::string flip_sentence(const Firmness& firmness, const BandThresholds& thresholds) {
    std::vector<std::string> named;
    for (const auto& flip : firmness.flips)
        if (flip.panel && std::find(named.begin(), named.end(), flip.words) == named.end())
            named.push_back(flip.words);
    if (named.empty())
        return "None of the " + versions(firmness.versions) +
               " of the picture that were scored leaves the " +
               side_words(firmness.score, firmness, thresholds) + ".";
    const auto count = named.size();
    const bool all = count <= kNamed;
    named.resize(std::min(count, kNamed));
    return "The panel changes sides at " + listed(named) +
           (all ? "" : ", and in " + std::to_string(count - kNamed) + " more") + "; " +
           std::to_string(firmness.all_other_side) + " of " + versions(firmness.versions) +
           " that were scored " + (firmness.all_other_side == 1 ? "leaves the " : "leave the ") +
           side_words(firmness.score, firmness, thresholds) + ".";
}

}  // namespace

std::string interval_words(const Firmness& firmness, const QuestionBands& bands) {
    const auto& thresholds = bands.of(firmness.question);
    return score_figure(firmness.low, thresholds) + " to " +
           score_figure(firmness.high, thresholds) + " over ordinary re-sharing";
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
