// What a panel thinks of one picture: plain values, shared by core, window and command line.
#pragma once

#include <array>
#include <optional>
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
    std::optional<HeatMap> map;      ///< present once explained
};

struct PanelOpinion {
    double score = 0;   ///< arithmetic mean of the experts' scores
    double spread = 0;  ///< population standard deviation over the experts' scores
    std::vector<ExpertOpinion> experts;
    std::vector<std::string> warnings;  ///< from the experts (e.g. picture smaller than a window)
};

/// softmax(logits)[kFakeClass], in double, stable for any finite logits.
[[nodiscard]] double fake_score(const std::array<double, 2>& logits);

/// Fills score, spread and each expert's `score` and `without` from the logits.
/// A panel of one expert has spread 0 and `without` equal to its own score.
void combine(PanelOpinion& opinion);

/// Mean of the experts' maps. Maps of different sizes are bilinearly resampled to the largest.
[[nodiscard]] HeatMap mean_map(const PanelOpinion& opinion);

/// Bands of a panel score: words with their thresholds, the same in window and exports.
enum class Band { LooksReal, Undecided, LooksFake };
struct BandThresholds {
    double real_below = 0.35;
    double fake_from = 0.65;
};
[[nodiscard]] Band band_of(double score, const BandThresholds& thresholds = {});
[[nodiscard]] const char* band_name(Band band);  ///< "looks real", "undecided", "looks fake"

}  // namespace dfd
