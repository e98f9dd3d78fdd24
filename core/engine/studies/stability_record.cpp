#include "core/engine/studies/stability_record.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "core/engine/results/firmness_json.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;
using Step = AlterationStep;

constexpr int kFormat = 1;

/// Stable names, independent of what is displayed.
constexpr std::array<std::pair<Step, const char*>, 12> kSteps{{
    {Step::Jpeg, "jpeg"},
    {Step::WebP, "webp"},
    {Step::Scale, "scale"},
    {Step::AtMost, "at-most"},
    {Step::LongerSide, "longer-side"},
    {Step::Blur, "blur"},
    {Step::Noise, "noise"},
    {Step::Crop, "crop"},
    {Step::Rotation, "rotation"},
    {Step::Flip, "flip"},
    {Step::Brightness, "brightness"},
    {Step::Contrast, "contrast"},
}};

const char* step_name(Step step) {
    return std::ranges::find(kSteps, step, &std::pair<Step, const char*>::first)->second;
}

Step step_named(const std::string& name) {
    const auto found =
        std::ranges::find_if(kSteps, [&](const auto& each) { return name == each.second; });
    if (found == kSteps.end())
        throw std::invalid_argument("its step \"" + name + "\" is unknown");
    return found->first;
}

Json logits_json(const PanelOpinion& opinion) {
    Json logits = Json::array();
    for (const auto& expert : opinion.experts)
        logits.push_back(expert.available() ? Json{expert.logits[0], expert.logits[1]} : Json());
    return logits;
}

PanelOpinion opinion_of(const Json& logits, const PanelRecord& panel,
                        const AnswerCalibrations& calibration) {
    if (logits.size() != panel.experts.size() || panel.experts.empty())
        throw std::invalid_argument("it has values of " + std::to_string(logits.size()) +
                                    " experts, and the panel has " +
                                    std::to_string(panel.experts.size()));
    auto opinion = open_opinion(panel);
    for (std::size_t i = 0; i < panel.experts.size(); ++i) {
        auto& expert = opinion.experts.emplace_back();
        expert.index = static_cast<int>(i);
        expert.name = panel.experts[i].name;
        expert.architecture = panel.experts[i].architecture;
        expert.question = panel.experts[i].question;
        if (logits.at(i).is_null()) {
            set_unavailable(expert, "It had no opinion on this version of the picture.");
            continue;
        }
        expert.logits = {logits.at(i).at(0).get<double>(), logits.at(i).at(1).get<double>()};
        if (!std::isfinite(expert.logits[0]) || !std::isfinite(expert.logits[1]))
            throw std::invalid_argument("it has a logit that is not a finite number");
    }
    opinion.calibration = calibration;
    combine(opinion);
    opinion.calibration.reset();  // only the combination follows from it
    return opinion;
}

std::optional<double> amount_of(const Json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

Json variants_json(const Stability& stability, std::size_t operation) {
    Json list = Json::array();
    for (const auto& variant : stability.operations[operation].variants) {
        Json steps = Json::array();
        for (const auto& step : variant.steps)
            steps.push_back({step_name(step.step), step.amount});
        list.push_back({{"amount", or_null(variant.amount)},
                        {"ordinary", variant.ordinary},
                        {"steps", std::move(steps)}});
    }
    for (const auto& point : stability.points)
        if (point.operation == operation)
            list.at(point.variant)["logits"] = logits_json(point.opinion);
    for (const auto& skipped : stability.skipped)
        if (skipped.operation == operation)
            list.at(skipped.variant)["skipped"] = skipped.why;
    return list;
}

void read_operation(const Json& json, const PanelRecord& panel,
                    const AnswerCalibrations& calibration, Stability& stability) {
    StabilityOperation operation;
    operation.name = json.at("name");
    operation.title = json.at("title");
    operation.unit = json.at("unit");
    operation.what = json.at("what");
    operation.preset = json.at("preset");
    operation.passage = json.at("passage");
    operation.ordered = json.at("ordered");
    operation.neutral = amount_of(json.at("neutral"));
    const auto place = stability.operations.size();
    for (const auto& each : json.at("variants")) {
        const auto number = operation.variants.size();
        auto& variant = operation.variants.emplace_back();
        variant.amount = amount_of(each.at("amount"));
        variant.ordinary = each.at("ordinary");
        for (const auto& step : each.at("steps"))
            variant.steps.push_back({step_named(step.at(0)), step.at(1).get<double>()});
        if (operation.ordered && !variant.amount)
            throw std::invalid_argument("it has a curve with a point without an amount");
        if (each.contains("logits"))
            stability.points.push_back(
                {place, number, opinion_of(each.at("logits"), panel, calibration)});
        else if (each.contains("skipped"))
            stability.skipped.push_back({place, number, each.at("skipped")});
    }
    stability.operations.push_back(std::move(operation));
}

}  // namespace

std::string stability_record(const Stability& stability) {
    Json operations = Json::array();
    for (std::size_t i = 0; i < stability.operations.size(); ++i) {
        const auto& operation = stability.operations[i];
        operations.push_back({{"name", operation.name},
                              {"title", operation.title},
                              {"unit", operation.unit},
                              {"what", operation.what},
                              {"preset", operation.preset},
                              {"passage", operation.passage},
                              {"ordered", operation.ordered},
                              {"neutral", or_null(operation.neutral)},
                              {"variants", variants_json(stability, i)}});
    }
    const Json object{{"format", kFormat},
                      {"experts", stability.untouched.experts.size()},
                      {"complete", stability.complete},
                      {"untouched", logits_json(stability.untouched)},
                      {"operations", std::move(operations)}};
    return json_line(object);
}

Stability read_stability_record(const std::string& text, const PanelRecord& panel,
                                const std::string& precision) {
    const std::string start = "This stability record cannot be used: ";
    try {
        const auto object = Json::parse(text);
        if (object.at("format") != kFormat)
            throw std::invalid_argument("it was written by a newer version; use that version");
        const auto calibration = calibration_for(panel, precision);
        Stability stability;
        stability.complete = object.at("complete");
        stability.untouched = opinion_of(object.at("untouched"), panel, calibration);
        for (const auto& operation : object.at("operations"))
            read_operation(operation, panel, calibration, stability);
        const auto question = stability.untouched.leading;
        return about(std::move(stability), question);
    } catch (const Json::exception& error) {
        throw std::invalid_argument(start + error.what() + ".");
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(start + error.what() + ".");
    }
}

}  // namespace dfd
