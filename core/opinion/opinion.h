// The opinion of a panel on one picture: plain values shared by the core, window and command line.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/opinion/likelihood.h"

namespace dfd {

/// Index of the class "deepfake" in every expert's two logits.
inline constexpr int kFakeClass = 1;

/// The value of a map's cells that no window of the expert looked at: a quiet NaN.
inline constexpr float kNotLookedAt = std::numeric_limits<float>::quiet_NaN();
[[nodiscard]] inline bool looked_at(float value) {
    return !std::isnan(value);
}

/// A Grad-CAM map: ReLU(sum over channels of weight * activation), never rescaled. Row-major,
/// `values.size() == rows * columns`, values >= 0 or kNotLookedAt, row 0 is the top of the picture.
struct HeatMap {
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
};

/// What an expert read of a picture of which it did not read every pixel.
struct LookedAt {
    int windows = 0;   ///< how many
    int size = 0;      ///< their width and height, in pixels
    double share = 0;  ///< of the picture's pixels, 0 .. 1
    bool operator==(const LookedAt&) const = default;
};

struct ExpertOpinion {
    int index = 0;
    std::string name;
    std::string architecture;
    std::array<double, 2> logits{};  ///< class 0 real, class 1 deepfake
    double score = 0;                ///< softmax(logits)[1], 0..1
    double without = 0;  ///< its question's score without this expert (leave-one-out); in a fusion,
                         ///< as if its log-odds were 0
    double weight = 1;   ///< in its question's mean; finite, >= 0; 0 means muted
    std::size_t question = 0;                ///< which of the panel's questions it answers
    std::optional<HeatMap> map;              ///< present once explained
    std::optional<LookedAt> looked_at = {};  ///< none: the whole picture
    /// Of what it saw from the pictures that it was measured on; none without a gate.
    std::optional<double> distance = {};
    /// It was made for pictures of faces, and none was found: as beyond its gate, whatever the
    /// calibration.
    bool no_face = false;
    /// Set by `combine`: it is beyond its gate and others of its question are not, so that it does
    /// not count.
    bool left = false;
    std::vector<float> features = {};  ///< pooled; only when they were asked for
    /// Why the expert has no opinion on this picture, a sentence; empty: it has one. Without one
    /// its logits are NaN, its weight is 0, and the others are combined without it.
    std::string failure = {};
    /// What the map is of, as in ExpertRecord::gradcam_layer: a network's layer, "occlusion" or
    /// "own map".
    std::string map_layer = {};

    [[nodiscard]] bool available() const { return failure.empty(); }
};

/// How the experts of a question are combined, unless the calibration has a fusion of them.
enum class Combination {
    MeanOfScores,
    /// The score is 1 / (1 + exp(-m)) with m the mean of the experts' log-odds: for experts of
    /// unlike kinds, whose log-odds are calibrated.
    MeanOfLogOdds,
};

/// The expert's weight in its question's mean: 0 when it has left or has no opinion.
[[nodiscard]] inline double counted(const ExpertOpinion& expert) {
    return expert.left || !expert.available() ? 0 : expert.weight;
}

/// The experts' combined answer to one of several questions.
struct Answer {
    std::string id;    ///< of the question, as in `Question`
    std::string text;  ///< of the question: "Made by a generator?"
    double score = 0;  ///< the scores of the question's experts, combined
    double spread = 0;
    bool answered = false;  ///< at least one of its experts is present and not muted
    // What a likelihood ratio weighs, as in `Question`; empty in an opinion of an unknown panel.
    std::string fake = {};
    std::string real = {};
};

/// Experts of different questions are never averaged. What describes one question (score, spread,
/// disagreement, mean map, story) describes the leading one; `part` gives the others.
struct PanelOpinion {
    double score = 0;  ///< the experts' scores, combined; reference weights are all 1. With several
                       ///< questions, that of the leading one. NaN when no question is answered
    double spread = 0;  ///< weighted population standard deviation of the same experts' scores
    /// The question that `score` answers. One with an assessment goes before one without, then the
    /// one whose word by the calibration speaks more for fake (`rank_of`), then the larger score;
    /// the first of equals.
    std::size_t leading = 0;
    std::vector<Answer> answers;  ///< one per question; empty for a panel that asks only one
    Combination combination = Combination::MeanOfScores;
    /// What scores of the reference combination are worth: one per question, at least one. Null
    /// when the panel is not calibrated.
    AnswerCalibrations calibration;
    /// Of the picture; none unless the calibration has limits or it was asked for.
    std::optional<PictureTraits> traits;
    std::vector<ExpertOpinion> experts;
    std::vector<std::string> warnings;  ///< from the experts (e.g. picture smaller than a window)
};

/// softmax(logits)[kFakeClass], computed in double, stable for any finite logits.
[[nodiscard]] double fake_score(const std::array<double, 2>& logits);

/// Makes the expert one without an opinion. `why` is a sentence.
void set_unavailable(ExpertOpinion& expert, const std::string& why);

/// Computes score, spread, answers and each expert's `score`, `left` and `without` from the logits,
/// weights, and distances where the calibration has gates. When only one expert of a question
/// counts, the spread is 0 and its `without` is its own score. A question is not answered when no
/// expert with an opinion has a weight > 0.
void combine(PanelOpinion& opinion);

/// The fusion that combines the experts of a question; null where the calibration has none, and
/// where one of them is muted, weighted, has left or has no opinion: then they are combined as if
/// there were none.
[[nodiscard]] const Fusion* fusion_of(const PanelOpinion& opinion, std::size_t question);

/// "The fusion does not combine the experts here, ...". A sentence for each answered question whose
/// fusion is not used.
[[nodiscard]] std::vector<std::string> fusion_sentences(const PanelOpinion& opinion);

/// What an expert counts in the combination of log-odds or scores: its slope in a fusion, else as
/// `counted`.
[[nodiscard]] double share_of_combination(const PanelOpinion& opinion, const ExpertOpinion& expert);

/// The same with new weights, one per expert, in order. Throws std::invalid_argument unless there
/// is one finite weight >= 0 per expert and at least one > 0.
void combine(PanelOpinion& opinion, std::span<const double> weights);

/// Whether every weight is 1: the combination for which the panel was made and measured.
[[nodiscard]] bool is_reference_combination(const PanelOpinion& opinion);
/// The same of the experts of one question.
[[nodiscard]] bool is_reference_combination(const PanelOpinion& opinion, std::size_t question);

/// How many questions the panel asks, at least 1.
[[nodiscard]] std::size_t questions_of(const PanelOpinion& opinion);

/// Whether any expert of the question counts.
[[nodiscard]] bool is_answered(const PanelOpinion& opinion, std::size_t question);

/// The score of the answer to one question. Throws std::out_of_range.
[[nodiscard]] double score_of(const PanelOpinion& opinion, std::size_t question);

/// The answered question whose score is nearest to a recorded one; the leading one wins a tie.
[[nodiscard]] std::size_t nearest_answer(const PanelOpinion& opinion, double score);

/// The answer to one question, as the opinion of a panel that asks only this one: its experts with
/// their maps, its score and spread, and the warnings. The opinion itself when the panel asks one.
/// Throws std::out_of_range.
[[nodiscard]] PanelOpinion part(const PanelOpinion& opinion, std::size_t question);

/// Makes `score` and `spread` those of the given question. Versions and windows of a picture are
/// compared by the question that leads on the picture itself. Nothing changes when the panel asks
/// only one. Throws std::out_of_range.
void lead(PanelOpinion& opinion, std::size_t question);

/// Leads with the answer that is nearest to a recorded score, and makes the score and spread those
/// that were recorded. Which answer leads has followed other rules before.
void lead_as_recorded(PanelOpinion& opinion, double score, double spread);

/// Text of the question that `score` answers; empty for a panel that asks only one.
[[nodiscard]] std::string leading_question(const PanelOpinion& opinion);

/// What an expert counts in a mean at places that it did not look at.
enum class Unseen {
    LeftOut,  ///< nothing: the mean is of the experts that looked there
    Zero,     ///< 0, as in a sum of contributions
};

/// Whether what the expert saw is further from the pictures that it was measured on than the
/// calibration allows, or it lacks the face that the expert was made for.
[[nodiscard]] bool beyond_gate(const PanelOpinion& opinion, const ExpertOpinion& expert);

/// "The expert A does not count: ...". A sentence for each expert that has left.
[[nodiscard]] std::vector<std::string> left_sentences(const PanelOpinion& opinion);

/// Why there is no assessment of the answer to a question, although the panel is calibrated: the
/// picture is not of the kinds that were measured. Empty when it is, without a calibration, and for
/// a question that is not answered.
/// Throws std::out_of_range.
[[nodiscard]] std::vector<OutOfScope> out_of_scope(const PanelOpinion& opinion,
                                                   std::size_t question);

/// An answer as lists show it.
struct AnswerFigures {
    double score = std::numeric_limits<double>::quiet_NaN();  ///< NaN when it is not answered
    double spread = 0;
    bool assessed = false;  ///< it is answered, and the picture is of the kinds that were measured
};
/// Of the answer to a question; of the one that leads where the panel does not ask it.
[[nodiscard]] AnswerFigures answer_figures(const PanelOpinion& opinion, std::size_t question);

/// Whether every question that is answered is out of scope, so that the panel says nothing.
[[nodiscard]] bool no_assessment(const PanelOpinion& opinion);

/// The reasons of all answered questions, each once. Empty unless `no_assessment`.
[[nodiscard]] std::vector<OutOfScope> no_assessment_reasons(const PanelOpinion& opinion);

/// What the answer to a question is worth. Empty without a calibration, for another combination of
/// its experts than the reference, outside of the scope, and for a question that is not answered or
/// not calibrated.
[[nodiscard]] std::optional<Assessment> assessment_of(const PanelOpinion& opinion,
                                                      std::size_t question);

/// The same as `assessment_sentence`, with what the question weighs. Empty without an assessment.
[[nodiscard]] std::string worth_sentence(const PanelOpinion& opinion, std::size_t question);

/// Mean of the maps of the leading question's experts, with the same weights as the scores. Maps of
/// different sizes are resampled bilinearly to the largest number of rows and columns. A place that
/// no expert with a weight looked at is kNotLookedAt.
[[nodiscard]] HeatMap mean_map(const PanelOpinion& opinion, Unseen unseen = Unseen::LeftOut);

/// "The experts A and B looked at 24 windows of 256 pixels, 13 % of the picture." A sentence for
/// each way of looking at a part of it; none when all experts read the whole picture.
[[nodiscard]] std::vector<std::string> looked_at_sentences(const PanelOpinion& opinion);

/// Scores at or above this are votes for fake, lower ones for real.
inline constexpr double kVoteThreshold = 0.5;

}  // namespace dfd
