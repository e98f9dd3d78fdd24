#include "core/engine/studies/stability_report.h"

#include <algorithm>

#include "core/base/csv_line.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/results/firmness_json.h"
#include "core/engine/results/formatted.h"
#include "core/engine/results/report_parts.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

Json steps_json(const StabilityVariant& variant) {
    Json steps = Json::array();
    for (const auto& step : variant.steps)
        steps.push_back(alteration_text(step));
    return steps;
}

/// For words about the scores that answer a question.
BandThresholds bands_of(const Stability& stability, std::size_t question) {
    const auto& opinion = stability.untouched;
    return bands_for(opinion, question, measured_bands(opinion.calibration.get()));
}

constexpr int kLabelWidth = 28;

}  // namespace

std::string stability_json(const Stability& stability, const PictureName& picture,
                           const ScoredBy& by, double threshold) {
    const InEnglish english;
    const auto firmness = firmness_of(stability, threshold);
    auto object = report_head(picture, by);
    object.update(firmness_json(firmness));
    object["planned"] = stability.planned();
    object["complete"] = stability.complete;
    object["experts"] = experts_json(stability.untouched);
    object["points"] = Json::array();
    for (const auto& point : stability.points) {
        const auto& variant = stability.variant_of(point);
        object["points"].push_back({{"operation", stability.operations[point.operation].name},
                                    {"parameter", or_null(variant.amount)},
                                    {"steps", steps_json(variant)},
                                    {"ordinary", variant.ordinary},
                                    {"score", point.opinion.score},
                                    {"experts", experts_json(point.opinion)}});
        if (!point.opinion.answers.empty())
            object["points"].back()["questions"] = answers_json(point.opinion);
    }
    object["skipped"] = Json::array();
    for (const auto& skipped : stability.skipped) {
        const auto& operation = stability.operations[skipped.operation];
        object["skipped"].push_back(
            {{"operation", operation.name},
             {"parameter", or_null(operation.variants[skipped.variant].amount)},
             {"reason", skipped.why}});
    }
    object["operations"] = Json::array();
    for (const auto& operation : stability.operations)
        object["operations"].push_back({{"name", operation.name},
                                        {"title", operation.title},
                                        {"unit", operation.unit},
                                        {"what", operation.what},
                                        {"preset", operation.preset},
                                        {"passage", operation.passage},
                                        {"neutral", or_null(operation.neutral)}});
    object["summary"] = firmness_summary(firmness, bands_of(stability, firmness.question));
    if (const auto& answers = stability.untouched.answers; !answers.empty()) {
        object["question"] = answers[firmness.question].id;
        object["questions"] = Json::array();
        for (std::size_t q = 0; q < answers.size(); ++q) {
            const auto one = firmness_of(about(stability, q), threshold);
            Json entry{{"id", answers[q].id},
                       {"text", answers[q].text},
                       {"answered", answers[q].answered}};
            if (answers[q].answered) {
                entry.update(firmness_json(one));
                entry["summary"] = firmness_summary(one, bands_of(stability, q));
            }
            object["questions"].push_back(std::move(entry));
        }
    }
    return json_line(object);
}

std::string stability_csv_header(const PanelRecord& panel) {
    return report_csv_header(panel, {"operation", "parameter", "steps", "ordinary"});
}

std::string stability_csv(const Stability& stability, const PictureName& picture,
                          const StabilityPoint* point) {
    if (point == nullptr)
        return report_csv_row(picture, {"untouched", "", "", "true"}, stability.untouched);
    const auto& variant = stability.variant_of(*point);
    const auto steps =
        joined(variant.steps, "; ", [](const auto& step) { return alteration_text(step); });
    return report_csv_row(picture,
                          {stability.operations[point->operation].name,
                           variant.amount ? full_precision(*variant.amount) : "", steps,
                           variant.ordinary ? "true" : "false"},
                          point->opinion);
}

std::string stability_text(const Stability& stability, const PictureName& picture,
                           const ScoredBy& by, double threshold) {
    const auto firmness = firmness_of(stability, threshold);
    auto text = study_head(
        stability.complete
            ? to_say("%1: panel %2, %3 of %4 versions scored.")
            : to_say("%1: panel %2, %3 of %4 versions scored; interrupted before the last one."),
        picture, by, stability.points.size(), stability.planned());
    for (std::size_t q = 0; q < questions_of(stability.untouched); ++q) {
        const auto one = firmness_of(about(stability, q), threshold);
        const auto bands = bands_of(stability, q);
        if (const auto& answers = stability.untouched.answers; !answers.empty()) {
            text += say(answers[q].text) + '\n';
            if (!answers[q].answered) {
                text += say("Not answered: none of its experts counts.") + '\n';
                continue;
            }
        }
        if (one.ordinary > 0)
            text += interval_words(one, bands) + ".\n";
        text += firmness_summary(one, bands) + '\n';
    }
    text += '\n';
    text += score_line_head(kLabelWidth, stability.untouched) +
            score_line(say("untouched"), kLabelWidth, stability.untouched);
    for (const auto& point : stability.points) {
        const auto& variant = stability.variant_of(point);
        const auto words = stability.operations[point.operation].words(variant.amount);
        text += score_line((variant.ordinary ? "* " : "  ") + words, kLabelWidth, point.opinion);
    }
    text += "* " + say("counts as ordinary re-sharing") + '\n' + expert_key(stability.untouched);
    for (const auto& skipped : stability.skipped) {
        const auto& operation = stability.operations[skipped.operation];
        text += say("Skipped: %1. %2", {operation.words(operation.variants[skipped.variant].amount),
                                        say_again(skipped.why)}) +
                '\n';
    }
    const bool any = std::any_of(firmness.flips.begin(), firmness.flips.end(),
                                 [](const FlipPoint& flip) { return !flip.panel; });
    if (any)
        text +=
            '\n' + say("Experts that change sides of %1:", {formatted("%.2f", threshold)}) + '\n';
    for (const auto& flip : firmness.flips)
        if (!flip.panel)
            text += "  " +
                    (flip.fake_before
                         ? say("%1 at %2: fake before, real after", {flip.who, flip_words(flip)})
                         : say("%1 at %2: real before, fake after", {flip.who, flip_words(flip)})) +
                    '\n';
    return text;
}

}  // namespace dfd
