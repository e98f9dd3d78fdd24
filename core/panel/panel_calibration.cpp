#include "core/panel/panel_calibration.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/json_line.h"
#include "core/panel/panel_record.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr std::size_t kMostRates = 1000;

Json to_json(const std::vector<AlarmRate>& rates) {
    Json list = Json::array();
    for (const auto& rate : rates)
        list.push_back({rate.score, rate.rate, rate.low, rate.high});
    return list;
}

Json scope_json(const MeasuredAnswer& measured) {
    Json limits = Json::array();
    for (std::size_t i = 0; i < measured.answer.scope.size(); ++i) {
        const auto& [trait, limit] = measured.answer.scope[i];
        const auto& cost = measured.limits.at(i);
        limits.push_back({{"trait", trait},
                          {"limit", limit},
                          {"withheld", cost.withheld},
                          {"outside_withheld", cost.outside_withheld},
                          {"saved", cost.saved}});
    }
    const auto& outside = measured.outside;
    return {{"limits", limits},
            {"withheld", measured.withheld},
            {"outside",
             {{"manifest", outside.manifest},
              {"pictures", outside.pictures},
              {"misleading", outside.misleading},
              {"misleading_left", outside.misleading_left},
              {"assessed", outside.assessed}}}};
}

Json to_json(const MeasuredAnswer& measured) {
    const auto& answer = measured.answer;
    return {{"question", answer.question},
            {"slope", answer.slope},
            {"bias", answer.bias},
            {"bound", answer.bound},
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

void read_scope(const Json& json, MeasuredAnswer& measured) {
    for (const auto& each : json.at("limits")) {
        if (!is_known_trait(each.at("trait").get<std::string>()))
            continue;  // only a newer version measures it
        measured.answer.scope.push_back(
            {each.at("trait").get<std::string>(), finite(each, "limit")});
        measured.limits.push_back({finite(each, "withheld"), finite(each, "outside_withheld"),
                                   each.at("saved").get<std::size_t>()});
    }
    measured.withheld = finite(json, "withheld");
    const auto& outside = json.at("outside");
    measured.outside = {outside.at("manifest").get<std::string>(),
                        outside.at("pictures").get<std::size_t>(),
                        outside.at("misleading").get<std::size_t>(),
                        outside.at("misleading_left").get<std::size_t>(),
                        outside.at("assessed").get<std::size_t>()};
}

MeasuredAnswer measured_answer(const Json& json) {
    MeasuredAnswer measured;
    auto& answer = measured.answer;
    answer.question = json.at("question").get<std::string>();
    answer.slope = finite(json, "slope");
    answer.bias = finite(json, "bias");
    answer.bound = finite(json, "bound");
    answer.alarms = rates_of(json.at("alarms"), "alarms");
    if (answer.alarms.empty() || answer.bound < 0 || answer.alarms.front().score != 0)
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
    return measured;
}

Json to_json(const std::vector<PanelCalibration>& calibrations) {
    Json list = Json::array();
    for (const auto& each : calibrations) {
        Json answers = Json::array();
        for (const auto& answer : each.answers)
            answers.push_back(to_json(answer));
        list.push_back({{"panel_sha256", each.digest},
                        {"precision", each.precision},
                        {"experts", each.experts},
                        {"answers", answers}});
    }
    return {{"format", kFormat}, {"calibrations", list}};
}

}  // namespace

std::string calibrations_text(const std::vector<PanelCalibration>& calibrations) {
    return json_line(to_json(calibrations));
}

std::vector<PanelCalibration> parse_calibrations(const std::string& text) {
    try {
        const auto root = Json::parse(text);
        if (root.at("format") != kFormat)
            throw std::invalid_argument("it was written by a newer version of the program");
        std::vector<PanelCalibration> calibrations;
        for (const auto& each : root.at("calibrations")) {
            auto& calibration = calibrations.emplace_back();
            calibration.digest = each.at("panel_sha256").get<std::string>();
            calibration.precision = each.at("precision").get<std::string>();
            calibration.experts = each.at("experts").get<std::vector<std::string>>();
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

std::vector<PanelCalibration> read_calibrations(const fs::path& folder) {
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

void write_calibration(const fs::path& folder, const PanelCalibration& added) {
    const auto panel = read_panel(folder);
    std::vector<PanelCalibration> kept;
    for (auto& each : read_calibrations(folder))
        if (each.digest == digest_of_experts(panel, each.experts))
            kept.push_back(std::move(each));
    auto same = std::ranges::find_if(kept, [&](const PanelCalibration& each) {
        return each.precision == added.precision && each.experts == added.experts;
    });
    if (same == kept.end())
        same = kept.insert(kept.end(),
                           PanelCalibration{added.digest, added.precision, added.experts, {}});
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
}

const PanelCalibration* matching_calibration(const PanelRecord& panel,
                                             const std::string& precision) {
    const auto experts = expert_names(panel);
    const auto found = std::ranges::find_if(panel.calibrations, [&](const PanelCalibration& each) {
        return each.digest == panel.digest && each.precision == precision &&
               each.experts == experts;
    });
    return found == panel.calibrations.end() ? nullptr : &*found;
}

std::shared_ptr<const std::vector<AnswerCalibration>> calibration_for(
    const PanelRecord& panel, const std::string& precision) {
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
