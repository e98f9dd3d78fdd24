// What a score is worth: the likelihood ratio and the false alarms that were measured for it. Plain
// C++.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/language.h"
#include "core/opinion/scope.h"

namespace dfd {

/// How often pictures of one class of the calibration scored at least this high (real pictures:
/// false alarms), or at most this high (fakes: misses).
struct AlarmRate {
    double score = 0;  ///< 0..1
    double rate = 0;   ///< share of the class's pictures, 0..1
    double low = 0;    ///< 95 % interval of the rate, by bootstrap over groups
    double high = 0;
};

/// A score is unusual for a class when fewer than this share of its pictures score so.
inline constexpr double kUnusual = 0.05;

/// A fitted combination of a question's experts: log-odds = bias + the sum of slope x log-odds.
struct FusedExpert {
    std::string expert;  ///< its name
    double slope = 0;    ///< finite, >= 0
};
struct Fusion {
    std::vector<FusedExpert> experts{};  ///< all of the question's; empty: none was fitted
    double bias = 0;
};

/// The calibration of the answers to one question: ln LR = bias + slope * ln(s / (1 - s)) for a
/// score s, fitted by class-balanced logistic regression (Brümmer and du Preez 2006).
struct AnswerCalibration {
    std::string question;  ///< its id; empty for a panel that asks only one
    double slope = 1;
    double bias = 0;
    /// Most log10 LR that is ever stated for "fake": so few pictures cannot support more. See
    /// `ratio_bounds` of core/training/measuring.
    double bound = 0;
    std::vector<AlarmRate> alarms;  ///< ascending in score; at least one
    /// Of the fakes, ascending in score; empty in calibrations of older versions.
    std::vector<AlarmRate> misses;
    /// The lowest score that is unusual for a real picture, and the highest that is unusual for a
    /// fake; above 1, or below 0, when none is.
    double unusual_real_from = 2;
    double unusual_fake_below = -1;
    std::vector<TraitLimit> scope;    ///< beyond them nothing was measured; may be empty
    std::vector<ExpertGate> gates{};  ///< at most one for each expert; may be empty
    Fusion fusion{};                  ///< then the scores are its; never with gates
    /// The bound for "real"; without a value it is `bound`, as in calibrations of older versions.
    std::optional<double> bound_real{};
    /// The bound of ratios for this class.
    [[nodiscard]] double bound_for(bool fake) const {
        return fake ? bound : bound_real.value_or(bound);
    }
};

/// One for each question of a panel, in its order; null: the panel is not calibrated. An entry
/// without alarms is of a question that was not calibrated.
using AnswerCalibrations = std::shared_ptr<const std::vector<AnswerCalibration>>;

/// A score in the light of a calibration.
struct Assessment {
    double log10_lr = 0;    ///< within the bound; above 0 it favours "fake"
    bool at_bound = false;  ///< more was computed than the calibration can support
    std::string words;      ///< "weak support", as in `support_words`
    AlarmRate alarms;       ///< of the largest score of the table that is not above this one
    bool has_misses = false;
    AlarmRate misses;  ///< of the smallest score of the table that is not below this one
    double bound = 0;  ///< most |log10 LR| that the calibration states for the favoured class
};

/// ln LR of a score, not limited by the bound.
[[nodiscard]] double log_ratio(double score, const AnswerCalibration& calibration);

/// Throws std::invalid_argument for a calibration without alarms.
[[nodiscard]] Assessment assess(double score, const AnswerCalibration& calibration);

/// A step of the verbal scale: its words are those of likelihood ratios from `from` up to the next.
struct SupportStep {
    double from = 1;
    const char* words = nullptr;  ///< English; `say` translates them
};
/// The scale, ascending; the first step begins at 1. It is that of kSupportWordsSource.
[[nodiscard]] std::span<const SupportStep> support_scale();
inline constexpr const char* kSupportWordsSource =
    "ENFSI Guideline for Evaluative Reporting in Forensic Science (2015)";

/// The words of the scale for a likelihood ratio of 1 or more. English always, as files have it.
[[nodiscard]] const char* support_words(double ratio);

/// The rates of both classes at a score of the tables, and what the score is worth.
struct ErrorRates {
    double score = 0;
    std::optional<AlarmRate> alarms;  ///< where the table of false alarms has this score
    std::optional<AlarmRate> misses;
    Assessment assessment;
};
/// For each score of either table, ascending. Throws std::invalid_argument without alarms.
[[nodiscard]] std::vector<ErrorRates> error_rates(const AnswerCalibration& calibration);

/// "8.0", "25": how many to 1, either way.
[[nodiscard]] std::string ratio_figure(double log10_lr);

/// "Of 100 real pictures like those measured, about 4 score this high (2 to 7)."
[[nodiscard]] std::string alarm_sentence(const AlarmRate& rate);
/// "Of 100 fakes like those measured, about 3 score this low (1 to 6)."
[[nodiscard]] std::string miss_sentence(const AlarmRate& rate);

/// What a panel that asks only one question weighs. English, to be said.
inline constexpr const char* kFakeMeasured = to_say("a fake of the kinds measured");
inline constexpr const char* kRealMeasured = to_say("a real picture of the kinds measured");

/// For example "Of 100 real pictures like those measured, about 4 score this high (2 to 7). The
/// score favours "It was edited" over "It is as it was taken" by about 8 to 1: weak support (at
/// most 100 to 1 by this calibration)." The bound is always stated with the ratio. A score that
/// favours the latter begins with "Of 100 fakes like those measured, about 3 score this low (1 to
/// 6)." `fake` and `real` are what is weighed, as in `Question`; empty for a panel that asks only
/// one: kFakeMeasured and kRealMeasured.
[[nodiscard]] std::string assessment_sentence(const Assessment& assessment,
                                              const std::string& fake = {},
                                              const std::string& real = {});

}  // namespace dfd
