#include "core/panel/calibration_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/base/hexadecimal.h"
#include "core/panel/json/panel_error.h"
#include "core/panel/json_line.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// 2 has fusions, which older versions would not apply.
constexpr int kFormat = 1, kFormatWithFusions = 2;
constexpr std::size_t kMostRates = 1000;

Json to_json(const std::vector<AlarmRate>& rates) {
    Json list = Json::array();
    for (const auto& rate : rates)
        list.push_back({rate.score, rate.rate, rate.low, rate.high});
    return list;
}

Json scope_json(const MeasuredAnswer& measured) {
    const auto cost_json = [](Json json, const LimitCost& cost) {
        json["withheld"] = cost.withheld;
        json["outside_withheld"] = cost.outside_withheld;
        json["saved"] = cost.saved;
        return json;
    };
    Json limits = Json::array(), gates = Json::array();
    for (std::size_t i = 0; i < measured.answer.scope.size(); ++i) {
        const auto& [trait, limit] = measured.answer.scope[i];
        limits.push_back(cost_json({{"trait", trait}, {"limit", limit}}, measured.limits.at(i)));
    }
    for (std::size_t i = 0; i < measured.answer.gates.size(); ++i) {
        const auto& [expert, limit] = measured.answer.gates[i];
        gates.push_back(cost_json({{"expert", expert}, {"limit", limit}}, measured.gates.at(i)));
    }
    const auto& outside = measured.outside;
    Json json{{"limits", limits},
              {"withheld", measured.withheld},
              {"outside",
               {{"manifest", outside.manifest},
                {"pictures", outside.pictures},
                {"misleading", outside.misleading},
                {"misleading_left", outside.misleading_left},
                {"assessed", outside.assessed}}}};
    if (!gates.empty()) {
        json["gates"] = gates;
        json["features"] = measured.features;
    }
    return json;
}

Json fusion_json(const MeasuredAnswer& measured) {
    Json slopes = Json::object();
    for (const auto& [expert, slope] : measured.answer.fusion.experts)
        slopes[expert] = slope;
    return {{"bias", measured.answer.fusion.bias},
            {"slopes", slopes},
            {"cllr_of_mean", measured.cllr_of_mean},
            {"auc_of_mean", measured.auc_of_mean}};
}

Json to_json(const MeasuredExpert& expert) {
    return {{"expert", expert.expert},
            {"slope", expert.slope},
            {"bias", expert.bias},
            {"bounds", {{"fake", expert.bound_fake}, {"real", expert.bound_real}}},
            {"cllr", expert.cllr},
            {"cllr_min", expert.cllr_min},
            {"auc", expert.auc}};
}

Json to_json(const std::vector<PopulationCount>& counts) {
    Json list = Json::array();
    for (const auto& each : counts)
        list.push_back({{"name", each.name}, {"real", each.real}, {"fake", each.fake}});
    return list;
}

Json to_json(const CalibrationPopulation& population) {
    return {{"description", population.description},
            {"sources", to_json(population.sources)},
            {"kinds", to_json(population.kinds)},
            {"megapixels", population.sizes},
            {"formats", to_json(population.formats)}};
}

Json to_json(const MeasuredAnswer& measured) {
    const auto& answer = measured.answer;
    Json json{{"question", answer.question},
              {"slope", answer.slope},
              {"bias", answer.bias},
              // Older versions apply it to both classes.
              {"bound", std::min(answer.bound_for(true), answer.bound_for(false))},
              {"alarms", to_json(answer.alarms)},
              {"misses", to_json(answer.misses)},
              {"unusual_real_from", answer.unusual_real_from},
              {"unusual_fake_below", answer.unusual_fake_below},
              {"scope", scope_json(measured)},
              {"manifest", measured.manifest},
              {"date", measured.date},
              {"real", measured.real},
              {"fake", measured.fake},
              {"real_groups", measured.real_groups},
              {"fake_groups", measured.fake_groups},
              {"cllr", measured.cllr},
              {"cllr_min", measured.cllr_min},
              {"equal_error_rate", measured.equal_error_rate},
              {"auc", measured.auc}};
    if (answer.bound_for(true) != answer.bound_for(false))
        json["bounds"] = {{"fake", answer.bound_for(true)}, {"real", answer.bound_for(false)}};
    if (!answer.fusion.experts.empty())
        json["fusion"] = fusion_json(measured);
    for (const auto& expert : measured.experts)
        json["experts"].push_back(to_json(expert));
    if (measured.population != CalibrationPopulation{})
        json["population"] = to_json(measured.population);
    return json;
}

double finite(const Json& json, const char* name) {
    const double value = json.at(name).get<double>();
    if (!std::isfinite(value))
        throw std::invalid_argument(std::string("\"") + name + "\" is not a finite number");
    return value;
}

/// `which`: "alarms" or "misses".
std::vector<AlarmRate> rates_of(const Json& list, const char* which) {
    if (list.size() > kMostRates)
        throw std::invalid_argument(std::string("it has too many ") + which);
    std::vector<AlarmRate> rates;
    for (const auto& each : list) {
        const AlarmRate rate{each.at(0).get<double>(), each.at(1).get<double>(),
                             each.at(2).get<double>(), each.at(3).get<double>()};
        const bool ordered = 0 <= rate.low && rate.low <= rate.rate && rate.rate <= rate.high &&
                             rate.high <= 1 && rate.score >= 0 && rate.score <= 1;
        if (!ordered || (!rates.empty() && rate.score <= rates.back().score))
            throw std::invalid_argument(std::string("its ") + which + " are not in order");
        rates.push_back(rate);
    }
    return rates;
}

LimitCost cost_of(const Json& json) {
    return {finite(json, "withheld"), finite(json, "outside_withheld"),
            json.at("saved").get<std::size_t>()};
}

void read_gates(const Json& json, MeasuredAnswer& measured) {
    measured.features = json.at("features").get<std::string>();
    if (!is_sha256_hex(measured.features))
        throw std::invalid_argument("\"features\" is not a SHA-256");
    for (const auto& each : json.at("gates")) {
        measured.answer.gates.push_back(
            {each.at("expert").get<std::string>(), finite(each, "limit")});
        measured.gates.push_back(cost_of(each));
    }
}

void read_scope(const Json& json, MeasuredAnswer& measured) {
    for (const auto& each : json.at("limits")) {
        if (!is_known_trait(each.at("trait").get<std::string>()))
            continue;  // only a newer version measures it
        measured.answer.scope.push_back(
            {each.at("trait").get<std::string>(), finite(each, "limit")});
        measured.limits.push_back(cost_of(each));
    }
    if (json.contains("gates"))
        read_gates(json, measured);
    measured.withheld = finite(json, "withheld");
    const auto& outside = json.at("outside");
    measured.outside = {outside.at("manifest").get<std::string>(),
                        outside.at("pictures").get<std::size_t>(),
                        outside.at("misleading").get<std::size_t>(),
                        outside.at("misleading_left").get<std::size_t>(),
                        outside.at("assessed").get<std::size_t>()};
}

void read_fusion(const Json& json, MeasuredAnswer& measured) {
    auto& fusion = measured.answer.fusion;
    fusion.bias = finite(json, "bias");
    double total = 0;
    for (const auto& [expert, slope] : json.at("slopes").items()) {
        fusion.experts.push_back({expert, slope.get<double>()});
        if (!std::isfinite(fusion.experts.back().slope) || fusion.experts.back().slope < 0)
            throw std::invalid_argument("a slope of its fusion is not a number from 0");
        total += fusion.experts.back().slope;
    }
    if (!(total > 0) || !measured.answer.gates.empty())
        throw std::invalid_argument("its fusion is of no expert, or it has gates, too");
    measured.cllr_of_mean = finite(json, "cllr_of_mean");
    measured.auc_of_mean = finite(json, "auc_of_mean");
}

MeasuredExpert measured_expert(const Json& json) {
    MeasuredExpert expert;
    expert.expert = json.at("expert").get<std::string>();
    expert.slope = finite(json, "slope");
    expert.bias = finite(json, "bias");
    expert.bound_fake = finite(json.at("bounds"), "fake");
    expert.bound_real = finite(json.at("bounds"), "real");
    if (expert.slope < 0 || expert.bound_fake < 0 || expert.bound_real < 0)
        throw std::invalid_argument("an expert of it has no usable slope or bound");
    expert.cllr = finite(json, "cllr");
    expert.cllr_min = finite(json, "cllr_min");
    expert.auc = finite(json, "auc");
    return expert;
}

std::vector<PopulationCount> counts_of(const Json& list) {
    std::vector<PopulationCount> counts;
    for (const auto& each : list)
        counts.push_back({each.at("name").get<std::string>(), each.at("real").get<std::size_t>(),
                          each.at("fake").get<std::size_t>()});
    return counts;
}

CalibrationPopulation population_of(const Json& json) {
    CalibrationPopulation population;
    population.description = json.at("description").get<std::string>();
    check_description(population.description);
    population.sources = counts_of(json.at("sources"));
    population.kinds = counts_of(json.at("kinds"));
    population.sizes = json.at("megapixels").get<std::vector<double>>();
    if ((!population.sizes.empty() && population.sizes.size() != kPopulationSizes) ||
        !std::ranges::is_sorted(population.sizes))
        throw std::invalid_argument("the sizes of its pictures are not in order");
    population.formats = counts_of(json.at("formats"));
    return population;
}

MeasuredAnswer measured_answer(const Json& json) {
    MeasuredAnswer measured;
    auto& answer = measured.answer;
    answer.question = json.at("question").get<std::string>();
    answer.slope = finite(json, "slope");
    answer.bias = finite(json, "bias");
    answer.bound = finite(json, "bound");
    if (answer.bound >= 0 && json.contains("bounds")) {
        answer.bound = finite(json.at("bounds"), "fake");
        answer.bound_real = finite(json.at("bounds"), "real");
    }
    answer.alarms = rates_of(json.at("alarms"), "alarms");
    if (answer.alarms.empty() || answer.bound < 0 || answer.bound_for(false) < 0 ||
        answer.alarms.front().score != 0)
        throw std::invalid_argument("it has no usable rates or bound");
    if (json.contains("misses")) {  // not in calibrations of version 0.3
        answer.misses = rates_of(json.at("misses"), "misses");
        answer.unusual_real_from = finite(json, "unusual_real_from");
        answer.unusual_fake_below = finite(json, "unusual_fake_below");
        read_scope(json.at("scope"), measured);
    } else {
        for (const auto& rate : answer.alarms)
            if (rate.rate < kUnusual)
                answer.unusual_real_from = std::min(answer.unusual_real_from, rate.score);
    }
    measured.manifest = json.at("manifest").get<std::string>();
    measured.date = json.at("date").get<std::string>();
    for (const auto& [name, count] :
         {std::pair{"real", &measured.real}, std::pair{"fake", &measured.fake},
          std::pair{"real_groups", &measured.real_groups},
          std::pair{"fake_groups", &measured.fake_groups}})
        *count = json.at(name).get<std::size_t>();
    measured.cllr = finite(json, "cllr");
    measured.cllr_min = finite(json, "cllr_min");
    measured.equal_error_rate = finite(json, "equal_error_rate");
    measured.auc = finite(json, "auc");
    if (json.contains("fusion"))
        read_fusion(json.at("fusion"), measured);
    if (json.contains("experts"))
        for (const auto& expert : json.at("experts"))
            measured.experts.push_back(measured_expert(expert));
    if (json.contains("population"))
        measured.population = population_of(json.at("population"));
    return measured;
}

}  // namespace

Json calibrations_json(const std::vector<PanelCalibration>& calibrations) {
    Json list = Json::array();
    for (const auto& each : calibrations) {
        Json answers = Json::array();
        for (const auto& answer : each.answers)
            answers.push_back(to_json(answer));
        list.push_back({{"name", each.name},
                        {"panel_sha256", each.digest},
                        {"precision", each.precision},
                        {"preprocessing", each.preprocessing},
                        {"experts", each.experts},
                        {"answers", answers}});
    }
    const bool fused = std::ranges::any_of(calibrations, [](const PanelCalibration& each) {
        return std::ranges::any_of(each.answers, [](const MeasuredAnswer& measured) {
            return !measured.answer.fusion.experts.empty();
        });
    });
    return {{"format", fused ? kFormatWithFusions : kFormat}, {"calibrations", list}};
}

std::string calibrations_text(const std::vector<PanelCalibration>& calibrations) {
    return json_line(calibrations_json(calibrations));
}

std::vector<PanelCalibration> parse_calibrations(const std::string& text) {
    try {
        const auto root = Json::parse(text);
        if (root.at("format") != kFormat && root.at("format") != kFormatWithFusions)
            throw std::invalid_argument("it was written by a newer version of the program");
        std::vector<PanelCalibration> calibrations;
        for (const auto& each : root.at("calibrations")) {
            auto& calibration = calibrations.emplace_back();
            calibration.digest = each.at("panel_sha256").get<std::string>();
            calibration.precision = each.at("precision").get<std::string>();
            calibration.experts = each.at("experts").get<std::vector<std::string>>();
            calibration.preprocessing = each.value("preprocessing", 1);
            calibration.name = each.value("name", "");
            if (!calibration.name.empty())
                check_calibration_name(calibration.name);
            for (const auto& answer : each.at("answers"))
                calibration.answers.push_back(measured_answer(answer));
        }
        return calibrations;
    } catch (const Json::exception& error) {
        throw PanelError(std::string("The calibration cannot be used: ") + error.what() + ".");
    } catch (const std::invalid_argument& error) {
        throw PanelError(std::string("The calibration cannot be used: ") + error.what() + ".");
    }
}

}  // namespace dfd
