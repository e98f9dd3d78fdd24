// Metrics of binary scores: ROC AUC, EER, average precision, calibration. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

/// A picture's score (finite; higher means more likely fake) and its label.
struct Labelled {
    double score = 0;
    bool fake = false;
    /// Pictures of one group (a burst, an edit and its original) are drawn together in a bootstrap.
    std::size_t group = 0;
    /// Scores are compared only within a stratum, such as a fold of a cross-validation, whose
    /// models do not share a scale. Usually 0.
    std::size_t stratum = 0;
};

/// Group numbers for these names, from 0 in order of appearance. Every empty name is a group of its
/// own.
[[nodiscard]] std::vector<std::size_t> group_numbers(const std::vector<std::string>& names);

/// Area under the ROC curve: the share of pairs of a fake and a real picture (in the same stratum)
/// in which the fake scores higher; ties count half (Mann-Whitney U divided by its maximum). NaN
/// without such a pair, and when a score is NaN.
[[nodiscard]] double roc_auc(const std::vector<Labelled>& pictures);
[[nodiscard]] double roc_auc(const std::vector<double>& fake, const std::vector<double>& real);

/// 95 % interval of roc_auc by percentile bootstrap: each round draws as many groups as there are,
/// with replacement; the result is the 2.5th and 97.5th percentile (linear between order
/// statistics). Rounds without a pair are skipped. NaN with fewer than two groups or without a
/// pair. The same seed gives the same interval, and draws the same groups for every column of
/// scores of the same pictures.
[[nodiscard]] std::pair<double, double> auc_interval(const std::vector<Labelled>& pictures,
                                                     int rounds, std::uint64_t seed);

/// Rates when every picture with a score of `threshold` or more is called fake.
struct RocPoint {
    double threshold = 0;
    double false_positive_rate = 0;  ///< share of real pictures called fake
    double true_positive_rate = 0;   ///< share of fakes called fake
};
/// From (0,0), at a threshold of infinity, to (1,1), with a point for each distinct score in
/// descending order. Empty unless there are both fakes and real pictures.
[[nodiscard]] std::vector<RocPoint> roc_curve(const std::vector<Labelled>& pictures);

/// The rate at which the share of real pictures called fake equals that of fakes called real,
/// interpolated linearly between neighbouring points. NaN for an empty curve.
[[nodiscard]] double equal_error_rate(const std::vector<RocPoint>& curve);

/// The largest true positive rate at a false positive rate of at most `rate`, without
/// interpolation: with fewer than 1 / rate real pictures, none of them may be called fake. NaN for
/// an empty curve.
[[nodiscard]] double true_positives_at(const std::vector<RocPoint>& curve, double rate);

/// Sum over descending thresholds n of (recall(n) - recall(n-1)) precision(n). Pictures of equal
/// score count together; no interpolation. NaN unless there are fakes and real pictures.
[[nodiscard]] double average_precision(const std::vector<Labelled>& pictures);

/// Share of correct calls when a score of `threshold` or more means fake. NaN without pictures.
[[nodiscard]] double accuracy_at(const std::vector<Labelled>& pictures, double threshold);

/// The threshold with the highest accuracy: half-way between neighbouring scores, the lowest score
/// (all fake) or just above the highest (all real). Ties go to the one nearest to 0.5, then to the
/// lower one. Its accuracy is optimistic, because it is chosen on the same pictures. NaN without
/// pictures.
struct BestThreshold {
    double threshold = 0;
    double accuracy = 0;
};
[[nodiscard]] BestThreshold best_threshold(const std::vector<Labelled>& pictures);

/// Pictures whose score lies in [low, high); the last bin is [low, 1].
struct ReliabilityBin {
    double low = 0;
    double high = 0;
    std::size_t real = 0;
    std::size_t fake = 0;
    double mean_score = 0;  ///< NaN for an empty bin
    [[nodiscard]] std::size_t pictures() const { return real + fake; }
    [[nodiscard]] double fake_share() const;  ///< NaN for an empty bin
};
inline constexpr int kCalibrationBins = 15;
inline constexpr int kHistogramBins = 20;
/// `bins` of equal width over 0..1. Scores outside count in the first or last bin. The counts of
/// real and fake pictures are histograms of the scores.
[[nodiscard]] std::vector<ReliabilityBin> reliability_bins(const std::vector<Labelled>& pictures,
                                                           int bins);

/// Expected calibration error: sum over the bins of (pictures in it / all) |share of fakes - mean
/// score| (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017 use 15 bins). It depends on the
/// share of fakes among the pictures. NaN without pictures.
[[nodiscard]] double expected_calibration_error(const std::vector<ReliabilityBin>& bins);

/// All metrics of one column of scores.
struct Metrics {
    std::size_t real = 0;
    std::size_t fake = 0;
    double auc = 0;
    double low = 0;  ///< 95 % interval of `auc`
    double high = 0;
    double average_precision = 0;
    double equal_error_rate = 0;
    double tpr_at_fpr_10 = 0;  ///< at a false positive rate of at most 10 %
    double tpr_at_fpr_1 = 0;   ///< 1 %
    double tpr_at_fpr_01 = 0;  ///< 0.1 %
    double accuracy = 0;       ///< at a threshold of 0.5
    double best_accuracy = 0;  ///< at best_threshold
    double best_threshold = 0;
    double calibration_error = 0;  ///< in kCalibrationBins bins
    double caught = 0;        ///< share of fakes with a score of 0.5 or more; NaN without fakes
    double false_alarms = 0;  ///< the same share of real pictures; NaN without real ones
};
/// Metrics that cannot be computed (only one class, no pictures) are NaN.
[[nodiscard]] Metrics measure(const std::vector<Labelled>& pictures, int rounds,
                              std::uint64_t seed);

}  // namespace dfd
