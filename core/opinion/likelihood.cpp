#include "core/opinion/likelihood.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace dfd {
namespace {

/// Keeps the log-odds of scores that were rounded to 0 or 1 finite.
constexpr double kSmallest = 1e-12;

/// "4", or with one decimal below 1: "0.4".
std::string per_hundred(double rate) {
    char text[32];
    const double hundred = 100 * rate;
    std::snprintf(text, sizeof text, hundred > 0 && hundred < 0.95 ? "%.1f" : "%.0f", hundred);
    return text;
}

std::string to_one(double log10_lr) {
    const double ratio = std::pow(10, std::abs(log10_lr));
    char text[32];
    std::snprintf(text, sizeof text, ratio < 9.95 ? "%.1f" : "%.0f", ratio);
    return text;
}

}  // namespace

const char* support_words(double ratio) {
    if (ratio < 2)
        return "no support";
    if (ratio < 10)
        return "weak support";
    if (ratio < 100)
        return "moderate support";
    return ratio < 1000 ? "moderately strong support" : "strong support";
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
    result.at_bound = std::abs(log10_lr) > calibration.bound;
    result.log10_lr = std::clamp(log10_lr, -calibration.bound, calibration.bound);
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

std::string assessment_sentence(const Assessment& assessment, const std::string& fake,
                                const std::string& real) {
    const bool favours_fake = assessment.log10_lr >= 0;
    const bool missed = !favours_fake && assessment.has_misses;
    const auto& rate = missed ? assessment.misses : assessment.alarms;
    const std::string text = std::string("Of 100 ") + (missed ? "fakes" : "real pictures") +
                             " like those measured, " +
                             (rate.rate == 0   ? "none"
                              : rate.rate == 1 ? "all"
                                               : "about " + per_hundred(rate.rate)) +
                             " score this " + (missed ? "low" : "high") + " (" +
                             per_hundred(rate.low) + " to " + per_hundred(rate.high) + "). ";
    const auto named = [](const std::string& words, const char* otherwise) {
        auto name = words.empty() ? std::string(otherwise) : words;
        if (name.ends_with('.'))
            name.pop_back();
        return "\"" + name + "\"";
    };
    const auto one = named(fake, "fake"), other = named(real, "real");
    if (assessment.words == support_words(1))
        return text + "The score favours neither " + one + " nor " + other + ".";
    return text + "The score favours " + (favours_fake ? one : other) + " over " +
           (favours_fake ? other : one) + " by about " + to_one(assessment.log10_lr) +
           " to 1: " + assessment.words +
           (assessment.at_bound ? ", the most that this calibration can state." : ".");
}

}  // namespace dfd
