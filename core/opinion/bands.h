// Words for scores: which they are follows from what was measured, or from what somebody chose.
// Plain C++.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"
#include "core/opinion/question.h"

namespace dfd {

/// Words for a score, the same in the window and in exports.
enum class Band {
    LooksReal,
    Undecided,
    LooksFake,
    Unnamed,       ///< nobody measured what the score is worth, so it has no words
    NoAssessment,  ///< the picture is not of the kinds that were measured
};

/// Where the words of one question's scores begin and end.
struct BandThresholds {
    double real_below = 0.35;  ///< below 0: never
    double fake_from = 0.65;   ///< above 1: never
    bool named = true;         ///< false: every score is Unnamed
    /// The thresholds that scores can be on either side of.
    [[nodiscard]] std::optional<double> real_edge() const;
    [[nodiscard]] std::optional<double> fake_edge() const;
    bool operator==(const BandThresholds&) const = default;
};

/// The thresholds of each of a panel's questions.
class QuestionBands {
  public:
    /// The same for every question.
    QuestionBands(const BandThresholds& all = {}) : each_{all} {}
    /// One for each question, in the panel's order; at least one.
    explicit QuestionBands(std::vector<BandThresholds> each);

    [[nodiscard]] const BandThresholds& of(std::size_t question) const;
    /// Those of every question; none when questions differ.
    [[nodiscard]] std::optional<BandThresholds> common() const;
    /// One for each question; a single one when they are the same for all.
    [[nodiscard]] std::span<const BandThresholds> each() const { return each_; }
    bool operator==(const QuestionBands&) const = default;

  private:
    std::vector<BandThresholds> each_;
};

/// Never NoAssessment, which depends on the picture. Unnamed for NaN.
[[nodiscard]] Band band_of(double score, const BandThresholds& thresholds = {});
/// The word for the answer to one question. Another combination of its experts than the reference
/// of a calibrated panel is Unnamed, and so is a question that is not answered.
[[nodiscard]] Band band_of(const PanelOpinion& opinion, std::size_t question,
                           const QuestionBands& bands);
/// The same for the leading question.
[[nodiscard]] Band band_of(const PanelOpinion& opinion, const QuestionBands& bands = {});
/// "looks real", "undecided", "looks fake", "not calibrated", "no assessment": English always, as
/// files have it.
[[nodiscard]] const char* band_name(Band band);
/// The same for people, in the language in use.
[[nodiscard]] std::string band_words(Band band);
/// Which word decides that an answer leads: the higher, the more it speaks for fake. Scores
/// without a word stand between.
[[nodiscard]] int rank_of(Band band);

/// "looks real below 0.35, looks fake from 0.65"; "no score looks real, ..."; "no words, because
/// the panel is not calibrated".
[[nodiscard]] std::string bands_words(const BandThresholds& thresholds);
/// The same for all questions; each by its text when they differ: "Edited in places? looks real
/// below 0.28, looks fake from 0.68; ...".
[[nodiscard]] std::string bands_words(const QuestionBands& bands,
                                      std::span<const Question> questions);

/// The thresholds for words about a question's scores of this picture, its versions and parts: not
/// named when the question has no assessment or its score no word.
[[nodiscard]] BandThresholds bands_for(const PanelOpinion& opinion, std::size_t question,
                                       const QuestionBands& bands);

/// "Looks fake" from the lowest score that is unusual for a real picture, "looks real" below the
/// highest that is unusual for a fake. Scores that are unusual for both, which there are when the
/// classes lie far apart, have neither word. Not named without rates.
[[nodiscard]] BandThresholds measured_bands(const AnswerCalibration& calibration);
/// Of each question; not named without a calibration.
[[nodiscard]] QuestionBands measured_bands(const std::vector<AnswerCalibration>* calibration);

/// A score with two decimals, for display, with the thresholds of bands_for(): the same wherever it
/// is shown. If rounding would move it across a band threshold or the vote threshold, it is
/// truncated instead, so that figure and word never contradict each other. "n/a" for NaN, the score
/// of an expert without an opinion.
[[nodiscard]] std::string score_figure(double score, const BandThresholds& thresholds);

}  // namespace dfd
