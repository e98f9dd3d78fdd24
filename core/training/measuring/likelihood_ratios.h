// How good likelihood ratios are, and the calibration that makes them from scores. Plain C++.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/opinion/likelihood.h"
#include "core/training/measuring/metrics.h"

namespace dfd {

/// A picture's ln LR ("fake" against "real") and its label; `group` as in Labelled.
using LabelledRatio = Labelled;

/// Cllr = 1/2 (mean over fakes of log2(1 + 1/LR) + mean over real pictures of log2(1 + LR)), in
/// bits (Brümmer and du Preez 2006). 0 is perfect; 1 is what LR = 1 for everything gives; above 1
/// the ratios mislead. NaN unless both classes are present.
[[nodiscard]] double cllr(const std::vector<LabelledRatio>& pictures);

/// The Cllr after the best monotone mapping, by pool-adjacent-violators: what discrimination alone
/// allows. cllr() minus this is the loss by calibration. NaN unless both classes are present.
[[nodiscard]] double cllr_min(const std::vector<LabelledRatio>& pictures);

/// The ratios (ln) of that mapping, in ascending order of the given ones; infinite in pools of one
/// class. Empty unless both classes are present.
[[nodiscard]] std::vector<LabelledRatio> isotonic_ratios(
    const std::vector<LabelledRatio>& pictures);

/// log2(1 + exp(x)) without overflow.
[[nodiscard]] double softplus_bits(double x);

/// Share of the pictures whose LR points to the other class (above 1 for a real one, below 1 for a
/// fake); NaN without pictures of the class.
struct MisleadingEvidence {
    double real = 0;
    double fake = 0;
};
[[nodiscard]] MisleadingEvidence misleading_evidence(const std::vector<LabelledRatio>& pictures);

/// Expected calibration error of the ratios at equal priors: each ratio stands for a probability of
/// "fake" of LR / (1 + LR), and both classes count alike; then as expected_calibration_error(), in
/// kCalibrationBins bins. NaN unless both classes are present.
[[nodiscard]] double ratio_calibration_error(const std::vector<LabelledRatio>& pictures);

/// ln(s / (1 - s)), finite for any score from 0 to 1.
[[nodiscard]] double log_odds_of_score(double score);

/// ln LR = bias + slope * log-odds of the score, class-balanced. Throws std::invalid_argument
/// unless both classes are present.
struct RatioModel {
    double slope = 1;
    double bias = 0;
    [[nodiscard]] double log_ratio(double score) const;
};
[[nodiscard]] RatioModel fit_ratios(const std::vector<Labelled>& scores);

/// The calibration of one column of scores and how good it is on pictures that it was not fitted
/// to: groups are dealt to `folds` parts, each part is calibrated by the others.
struct CalibrationFigures {
    AnswerCalibration calibration;  ///< fitted to all pictures
    double cllr = 0;                ///< out of fold, within the bounds
    double cllr_min = 0;
    double equal_error_rate = 0;
    double auc = 0;
    MisleadingEvidence misleading;  ///< out of fold
    double calibration_error = 0;   ///< ratio_calibration_error(), out of fold, within the bounds
    std::size_t real = 0;
    std::size_t fake = 0;
    std::size_t real_groups = 0;
    std::size_t fake_groups = 0;
};
inline constexpr int kCalibrationFolds = 5;
/// Most |log10 LR| that may be stated for each class.
struct RatioBounds {
    double fake = 0;
    double real = 0;
    /// A ln LR within them.
    [[nodiscard]] double bounded(double log_ratio) const;
};
/// What so many groups can support: log10(groups of the opposing class + 1), since none of n
/// independent real pictures looking so fake does not show that fewer than 1 in n + 1 do. Throws
/// std::invalid_argument unless each class has at least kCalibrationFolds groups.
[[nodiscard]] RatioBounds group_bounds(const std::vector<Labelled>& scores);
/// The empirical bounds (ELUB) of Vergeer, van Es, de Jongh, Alberink and Stoel, "Numerical
/// likelihood ratios outputted by LR systems are often based on extrapolation: when to stop
/// extrapolating?", Science & Justice 56 (2016) 482-491: ratios are stated as far as deciding by
/// them costs less than deciding without them. At a threshold t >= 1 that is as long as
///   t A + M < 1,  A = (a + 1) / (n + 1),  M = (m + 1) / (k + 1)
/// where a of n real pictures have an LR above t, and m of k fakes have not; one misleading picture
/// is added to each class. The bound for "fake" is the lowest t that fails; that for "real" is the
/// same with LR and classes exchanged. Here groups are counted, each as the share of its pictures
/// of the class, so the bounds are never above group_bounds(). NaN unless both classes are present.
[[nodiscard]] RatioBounds empirical_bounds(const std::vector<LabelledRatio>& ratios);
/// The tighter of group_bounds() and empirical_bounds(), for each class. `ratios` are those of the
/// `scores`, out of fold and without a bound.
[[nodiscard]] RatioBounds ratio_bounds(const std::vector<Labelled>& scores,
                                       const std::vector<LabelledRatio>& ratios);
/// Each group's part, 0 .. kCalibrationFolds - 1; both classes are spread evenly.
[[nodiscard]] std::map<std::size_t, int> deal_groups(const std::vector<Labelled>& scores,
                                                     std::uint64_t seed);
/// Throws std::invalid_argument unless each class has at least kCalibrationFolds groups. The same
/// seed gives the same figures.
[[nodiscard]] CalibrationFigures calibrate_scores(const std::vector<Labelled>& scores,
                                                  const std::string& question, int rounds,
                                                  std::uint64_t seed);

}  // namespace dfd
