#include "core/opinion/likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "core/base/language.h"

namespace dfd {
namespace {

/// Keeps the log-odds of scores that were rounded to 0 or 1 finite.
constexpr double kSmallest = 1e-12;

/// "4"; close to 0 and to 100 with as many decimals as tell it from them, at most four: "0.4",
/// "99.97".
std::string per_hundred(double rate) {
    constexpr double kFinest = 1e-4;
    double hundred = 100 * rate;
    if (hundred > 0 && hundred < 100)
        hundred = std::clamp(hundred, kFinest, 100 - kFinest);
    const double rest = 100 - hundred;
    char text[32];
    if (hundred > 0 && hundred < 0.95)
        std::snprintf(text, sizeof text, "%.1g", hundred);
    else if (rest > 0 && rest <= 0.5)
        std::snprintf(text, sizeof text, "%.*f",
                      std::min(4, static_cast<int>(std::ceil(-std::log10(rest)))), hundred);
    else
        std::snprintf(text, sizeof text, "%.0f", hundred);
    return text;
}

std::string to_one(double log10_lr) {
    const double ratio = std::pow(10, std::abs(log10_lr));
    char text[32];
    std::snprintf(text, sizeof text, ratio < 9.95 ? "%.1f" : "%.0f", ratio);
    return text;
}

/// How many pictures of one class score as unusually: fakes, where they are `missed`.
std::string rate_sentence(const AlarmRate& rate, bool missed) {
    // Without an interval: at the ends of the scale, where the rate is certain and says nothing.
    if (rate.rate == 0 && rate.high == 0)
        return missed ? say("No fake that was measured scores this low.")
                      : say("No real picture that was measured scores this high.");
    if (rate.rate == 1 && rate.low == 1)
        return missed ? say("A score this low is not unusual for a fake like those measured.")
                      : say("A score this high is not unusual for a real picture like those "
                            "measured.");
    const auto low = per_hundred(rate.low), high = per_hundred(rate.high);
    if (rate.rate == 0)
        return missed ? say("Of 100 fakes like those measured, none score this low (%1 to %2).",
                            {low, high})
                      : say("Of 100 real pictures like those measured, none score this high (%1 to "
                            "%2).",
                            {low, high});
    if (rate.rate == 1)
        return missed ? say("Of 100 fakes like those measured, all score this low (%1 to %2).",
                            {low, high})
                      : say("Of 100 real pictures like those measured, all score this high (%1 to "
                            "%2).",
                            {low, high});
    const auto share = per_hundred(rate.rate);
    return missed ? say("Of 100 fakes like those measured, about %1 score this low (%2 to %3).",
                        {share, low, high})
                  : say("Of 100 real pictures like those measured, about %1 score this high (%2 to "
                        "%3).",
                        {share, low, high});
}

}  // namespace

std::span<const SupportStep> support_scale() {
    static constexpr SupportStep kScale[] = {{1, to_say("no support")},
                                             {2, to_say("weak support")},
                                             {10, to_say("moderate support")},
                                             {100, to_say("moderately strong support")},
                                             {1000, to_say("strong support")}};
    return kScale;
}

const char* support_words(double ratio) {
    const auto scale = support_scale();
    const auto* words = scale.front().words;
    for (const auto& step : scale)
        if (ratio >= step.from)
            words = step.words;
    return words;
}

double log_ratio(double score, const AnswerCalibration& calibration) {
    const double s = std::clamp(score, kSmallest, 1 - kSmallest);
    return calibration.bias + calibration.slope * std::log(s / (1 - s));
}

Assessment assess(double score, const AnswerCalibration& calibration) {
    if (calibration.alarms.empty())
        throw std::invalid_argument("A calibration has no rates of false alarms.");
    const double log10_lr = log_ratio(score, calibration) / std::log(10.0);
    Assessment result;
    result.bound = calibration.bound_for(log10_lr >= 0);
    result.at_bound = std::abs(log10_lr) > result.bound;
    result.log10_lr = std::clamp(log10_lr, -result.bound, result.bound);
    result.words = support_words(std::pow(10, std::abs(result.log10_lr)));
    const auto above =
        std::upper_bound(calibration.alarms.begin(), calibration.alarms.end(), score,
                         [](double value, const AlarmRate& rate) { return value < rate.score; });
    result.alarms = above == calibration.alarms.begin() ? calibration.alarms.front() : *(above - 1);
    result.has_misses = !calibration.misses.empty();
    if (result.has_misses) {
        const auto at = std::ranges::lower_bound(calibration.misses, score, {}, &AlarmRate::score);
        result.misses = at == calibration.misses.end() ? calibration.misses.back() : *at;
    }
    return result;
}

std::string ratio_figure(double log10_lr) {
    return to_one(log10_lr);
}

std::string alarm_sentence(const AlarmRate& rate) {
    return rate_sentence(rate, false);
}

std::string miss_sentence(const AlarmRate& rate) {
    return rate_sentence(rate, true);
}

std::vector<ErrorRates> error_rates(const AnswerCalibration& calibration) {
    std::map<double, ErrorRates> rows;
    for (const auto& rate : calibration.alarms)
        rows[rate.score].alarms = rate;
    for (const auto& rate : calibration.misses)
        rows[rate.score].misses = rate;
    std::vector<ErrorRates> all;
    for (auto& [score, row] : rows) {
        row.score = score;
        row.assessment = assess(score, calibration);
        all.push_back(std::move(row));
    }
    return all;
}

std::string assessment_sentence(const Assessment& assessment, const std::string& fake,
                                const std::string& real) {
    const bool favours_fake = assessment.log10_lr >= 0;
    const bool missed = !favours_fake && assessment.has_misses;
    const auto rate = rate_sentence(missed ? assessment.misses : assessment.alarms, missed);
    const auto named = [](const std::string& words, const char* otherwise) {
        auto name = say(words.empty() ? otherwise : words);
        if (name.ends_with('.'))
            name.pop_back();
        return name;
    };
    const auto one = named(fake, kFakeMeasured), other = named(real, kRealMeasured);
    if (assessment.words == support_words(1))
        return rate + ' ' + say("The score favours neither \"%1\" nor \"%2\".", {one, other});
    const auto& favoured = favours_fake ? one : other;
    const auto& disfavoured = favours_fake ? other : one;
    const auto ratio = to_one(assessment.log10_lr), support = say(assessment.words);
    return rate + ' ' +
           (assessment.at_bound
                ? say("The score favours \"%1\" over \"%2\" by about %3 to 1: %4, the most that "
                      "this calibration can state.",
                      {favoured, disfavoured, ratio, support})
                : say("The score favours \"%1\" over \"%2\" by about %3 to 1: %4 (at most %5 to 1 "
                      "by this calibration).",
                      {favoured, disfavoured, ratio, support, to_one(assessment.bound)}));
}

}  // namespace dfd
