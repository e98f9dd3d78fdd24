// What a panel thinks of one picture: plain values, shared by core, window and command line.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dfd {

/// Index of the class "deepfake" in every expert's two logits.
inline constexpr int kFakeClass = 1;

/// A raw Grad-CAM map: ReLU(sum over channels of weight * activation), never rescaled.
/// Row-major, `values.size() == rows * columns`, values >= 0, row 0 is the picture's top.
struct HeatMap {
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
};

struct ExpertOpinion {
    int index = 0;
    std::string name;
    std::string architecture;
    std::array<double, 2> logits{};  ///< class 0 real, class 1 deepfake
    double score = 0;                ///< softmax(logits)[1], 0..1
    double without = 0;              ///< the panel's score without this expert (leave-one-out)
    double weight = 1;               ///< in the panel's mean, finite, >= 0; 0 is muted
    std::optional<HeatMap> map;      ///< present once explained
};

struct PanelOpinion {
    double score = 0;   ///< weighted mean of the experts' scores; the reference's weights are all 1
    double spread = 0;  ///< population standard deviation over the experts' scores, weighted alike
    std::vector<ExpertOpinion> experts;
    std::vector<std::string> warnings;  ///< from the experts (e.g. picture smaller than a window)
};

/// softmax(logits)[kFakeClass], in double, stable for any finite logits.
[[nodiscard]] double fake_score(const std::array<double, 2>& logits);

/// Fills score, spread and each expert's `score` and `without` from the logits and the weights.
/// Where one expert alone counts, spread is 0 and its `without` is its own score. At least one
/// weight must be above 0.
void combine(PanelOpinion& opinion);

/// The same with other weights, one an expert, in order. Throws std::invalid_argument with a
/// sentence unless there are as many as experts, all finite and >= 0, and one of them above 0.
void combine(PanelOpinion& opinion, std::span<const double> weights);

/// Whether every weight is 1: the combination that the panel was made for and measured with.
[[nodiscard]] bool is_reference_combination(const PanelOpinion& opinion);

/// Mean of the experts' maps, weighted as their scores are. Maps of different sizes are bilinearly
/// resampled to the largest.
[[nodiscard]] HeatMap mean_map(const PanelOpinion& opinion);

/// Bands of a panel score: words with their thresholds, the same in window and exports.
enum class Band { LooksReal, Undecided, LooksFake };
struct BandThresholds {
    double real_below = 0.35;
    double fake_from = 0.65;
};
[[nodiscard]] Band band_of(double score, const BandThresholds& thresholds = {});
[[nodiscard]] const char* band_name(Band band);  ///< "looks real", "undecided", "looks fake"

/// From here on an expert's or a panel's score is a vote for fake; below, for real.
inline constexpr double kVoteThreshold = 0.5;

/// A score for people, two decimals. One that rounding would carry over a band's threshold or the
/// votes' is cut instead, so that figure and word never contradict each other.
[[nodiscard]] std::string score_figure(double score, const BandThresholds& thresholds = {});

}  // namespace dfd
