// What a score is worth: the likelihood ratio and the false alarms that were measured for it. Plain
// C++.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dfd {

/// How often real pictures of the calibration scored at least this high.
struct AlarmRate {
    double score = 0;  ///< 0..1
    double rate = 0;   ///< share of the real pictures, 0..1
    double low = 0;    ///< 95 % interval of the rate, by bootstrap over groups
    double high = 0;
};

/// The calibration of the answers to one question: ln LR = bias + slope * ln(s / (1 - s)) for a
/// score s, fitted by class-balanced logistic regression (Brümmer and du Preez 2006).
struct AnswerCalibration {
    std::string question;  ///< its id; empty for a panel that asks only one
    double slope = 1;
    double bias = 0;
    /// Most |log10 LR| that is ever stated: log10 of the number of independent groups of the
    /// smaller class, plus 1. So few pictures cannot support more.
    double bound = 0;
    std::vector<AlarmRate> alarms;  ///< ascending in score; at least one
};

/// A score in the light of a calibration.
struct Assessment {
    double log10_lr = 0;    ///< within the bound; above 0 it favours "fake"
    bool at_bound = false;  ///< more was computed than the calibration can support
    std::string words;      ///< "weak support", as in `support_words`
    AlarmRate alarms;       ///< of the largest score of the table that is not above this one
    bool lowest = false;    ///< the score is below the table's first: `alarms` is that first one
};

/// Throws std::invalid_argument for a calibration without alarms.
[[nodiscard]] Assessment assess(double score, const AnswerCalibration& calibration);

/// Words for a likelihood ratio of 1 or more: "no support" below 2, "weak support" below 10,
/// "moderate support" below 100, "moderately strong support" below 1000, else "strong support".
/// Source: ENFSI Guideline for Evaluative Reporting in Forensic Science (2015), whose scale starts
/// at 2.
[[nodiscard]] const char* support_words(double ratio);
inline constexpr const char* kSupportWordsSource =
    "ENFSI Guideline for Evaluative Reporting in Forensic Science (2015)";

/// For example "Of 100 real pictures like those measured, about 4 score this high (2 to 7). The
/// score favours \"fake\" over \"real\" by about 8 to 1: weak support." `fake` and `real` are what
/// is weighed, as in `Question`; empty for a panel that asks only one.
[[nodiscard]] std::string assessment_sentence(const Assessment& assessment,
                                              const std::string& fake = {},
                                              const std::string& real = {});

}  // namespace dfd
