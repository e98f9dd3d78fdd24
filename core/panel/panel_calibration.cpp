#include "core/panel/panel_calibration.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numbers>
#include <set>
#include <stdexcept>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/json_line.h"
#include "core/panel/panel_record.h"
#include "core/panel/usable_calibrations.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
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

Json to_json(const std::vector<PanelCalibration>& calibrations) {
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

}  // namespace

double MeasuredExpert::log_ratio(double score) const {
    AnswerCalibration line;
    line.slope = slope;
    line.bias = bias;
    return std::clamp(dfd::log_ratio(score, line), -bound_real * std::numbers::ln10,
                      bound_fake * std::numbers::ln10);
}

std::string calibrations_text(const std::vector<PanelCalibration>& calibrations) {
    return json_line(to_json(calibrations));
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

namespace {

/// What is wrong with the files of models that it names; else empty.
std::string models_problem(const fs::path& folder, const PanelCalibration& calibration) {
    for (const auto& answer : calibration.answers)
        if (!answer.features.empty())
            if (auto problem = feature_file_problem(folder, answer.features); !problem.empty())
                return problem;
    return {};
}

/// The file alone, without the models' files.
std::vector<PanelCalibration> calibrations_in(const fs::path& folder) {
    const auto file = folder / kCalibrationFile;
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return {};
    constexpr std::uintmax_t kLargest = 4u << 20;
    if (fs::file_size(file, error) > kLargest)
        throw PanelError(quoted(file) + " is larger than the limit of a calibration (" +
                         size_text(kLargest) + ").");
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw PanelError(quoted(file) + " cannot be read. Check its permissions.");
    return parse_calibrations(text);
}

}  // namespace

UsableCalibrations usable_calibrations(const fs::path& folder) {
    const InEnglish english;  // the problem becomes a warning, which is kept with scores
    UsableCalibrations usable;
    for (auto& each : calibrations_in(folder)) {
        const auto problem = models_problem(folder, each);
        if (problem.empty())
            usable.calibrations.push_back(std::move(each));
        else if (usable.problem.empty())
            usable.problem = each.name.empty()
                                 ? say("The calibration cannot be used: %1", {problem})
                                 : say("The calibration %1 cannot be used: %2",
                                       {quoted_name(each.name), problem});
    }
    return usable;
}

std::vector<PanelCalibration> read_calibrations(const fs::path& folder) {
    auto usable = usable_calibrations(folder);
    if (!usable.problem.empty())
        throw PanelError(usable.problem);
    return std::move(usable.calibrations);
}

void check_calibration_name(const std::string& name) {
    constexpr std::size_t kLongest = 32;
    if (name.empty() || name.size() > kLongest ||
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") != std::string::npos)
        throw PanelError(quoted_name(name) +
                         " cannot be the name of a calibration: it has 1 to 32 lower-case letters, "
                         "digits, - and _.");
}

void check_description(const std::string& text) {
    if (text.size() > kLongestDescription || !is_utf8(text) || visible(text) != text)
        throw PanelError(
            "The description of a calibration's pictures is text on one line of at "
            "most " +
            std::to_string(kLongestDescription) + " bytes.");
}

void write_calibration(const fs::path& folder, PanelCalibration added,
                       const FeatureModels& models) {
    const auto panel = read_panel(folder);
    if (!models.empty())
        added.answers.at(0).features = write_feature_models(folder, models);
    std::vector<PanelCalibration> kept;
    auto files = std::set<std::string>();  // that nothing will name any more
    for (auto& each : calibrations_in(folder)) {
        for (const auto& answer : each.answers)
            files.insert(answer.features);
        if (each.digest == digest_of_experts(panel, each.experts) &&
            each.preprocessing == kPreprocessingVersion && models_problem(folder, each).empty())
            kept.push_back(std::move(each));
    }
    auto same = std::ranges::find_if(kept, [&](const PanelCalibration& each) {
        return each.name == added.name && each.precision == added.precision &&
               each.experts == added.experts;
    });
    if (same == kept.end()) {
        auto empty = added;
        empty.answers.clear();
        same = kept.insert(kept.end(), std::move(empty));
    }
    for (const auto& answer : added.answers) {
        std::erase_if(same->answers, [&](const MeasuredAnswer& known) {
            return known.answer.question == answer.answer.question;
        });
        same->answers.push_back(answer);
    }
    const auto text = to_json(kept).dump(1) + "\n";
    try {
        write_file_atomically(folder / kCalibrationFile, as_bytes(text));
    } catch (const std::system_error& failure) {
        throw PanelError(quoted(folder / kCalibrationFile) +
                         " could not be written: " + failure.code().message() +
                         ". Check the folder's permissions and the free space.");
    }
    for (const auto& each : kept)
        for (const auto& answer : each.answers)
            files.erase(answer.features);
    files.erase("");
    for (const auto& digest : files) {
        std::error_code stays;  // an unused file does no harm
        fs::remove(folder / feature_file_name(digest), stays);
    }
}

std::vector<std::string> calibration_names(const PanelRecord& panel) {
    std::vector<std::string> names;
    for (const auto& each : panel.calibrations)
        if (std::ranges::find(names, each.name) == names.end())
            names.push_back(each.name);
    return names;
}

PanelRecord with_calibration(PanelRecord panel, const std::string& name) {
    const auto names = calibration_names(panel);
    if (!name.empty() && std::ranges::find(names, name) == names.end()) {
        std::vector<std::string> known;
        std::ranges::copy_if(names, std::back_inserter(known),
                             [](const auto& each) { return !each.empty(); });
        throw PanelError(
            "The panel " + quoted_name(panel.name) + " has no calibration named " +
            quoted_name(name) +
            (known.empty() ? ". It has none with a name."
                           : ". It has: " + joined(known, ", ") + ".") +
            (panel.calibration_problem.empty() ? "" : ' ' + panel.calibration_problem));
    }
    panel.calibration = name;
    return panel;
}

std::vector<PanelCalibration> chosen_calibrations(const PanelRecord& panel) {
    std::vector<PanelCalibration> chosen;
    std::ranges::copy_if(panel.calibrations, std::back_inserter(chosen),
                         [&](const auto& each) { return each.name == panel.calibration; });
    return chosen;
}

const MeasuredAnswer* find_chosen_answer(const PanelRecord& panel,
                                         const std::function<bool(const MeasuredAnswer&)>& asked) {
    for (const auto& calibration : panel.calibrations) {
        if (calibration.name != panel.calibration)
            continue;
        const auto found = std::ranges::find_if(calibration.answers, asked);
        if (found != calibration.answers.end())
            return &*found;
    }
    return nullptr;
}

const PanelCalibration* matching_calibration(const PanelRecord& panel,
                                             const std::string& precision) {
    const auto experts = expert_names(panel);
    const auto found = std::ranges::find_if(panel.calibrations, [&](const PanelCalibration& each) {
        return each.name == panel.calibration && each.digest == panel.digest &&
               each.precision == precision && each.experts == experts;
    });
    return found == panel.calibrations.end() ? nullptr : &*found;
}

AnswerCalibrations calibration_for(const PanelRecord& panel, const std::string& precision) {
    const auto* found = matching_calibration(panel, precision);
    if (!found)
        return nullptr;
    std::vector<AnswerCalibration> answers(std::max<std::size_t>(panel.questions.size(), 1));
    for (std::size_t q = 0; q < answers.size(); ++q) {
        const auto id = panel.questions.empty() ? std::string() : panel.questions[q].id;
        for (const auto& measured : found->answers)
            if (measured.answer.question == id)
                answers[q] = measured.answer;
    }
    return std::make_shared<const std::vector<AnswerCalibration>>(std::move(answers));
}

}  // namespace dfd
