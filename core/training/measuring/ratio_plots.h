// Curves that show how good likelihood ratios are: Tippett, empirical cross-entropy, risk against
// coverage. Plain C++.
#pragma once

#include <utility>
#include <vector>

#include "core/training/measuring/likelihood_ratios.h"

namespace dfd {

/// Points (x, y) of a curve, ascending in x.
using CurvePoints = std::vector<std::pair<double, double>>;

/// Tippett plot: for each log10 LR that occurs, the share of the pictures of one class whose log10
/// LR is at least that. Empty without pictures of the class.
[[nodiscard]] CurvePoints tippett(const std::vector<LabelledRatio>& pictures, bool fake);

/// Empirical cross-entropy in bits at prior odds of 10^log10_odds for "fake" (Ramos and
/// Gonzalez-Rodriguez 2013): P mean over fakes of log2(1 + 1 / (LR O)) + (1 - P) mean over real
/// pictures of log2(1 + LR O), with P = O / (1 + O). At odds of 1 it is Cllr. NaN unless both
/// classes are present.
[[nodiscard]] double cross_entropy(const std::vector<LabelledRatio>& pictures, double log10_odds);

/// The cross-entropy of LR = 1 for every picture: the entropy of the prior.
[[nodiscard]] double prior_entropy(double log10_odds);

/// The same pictures with the ratios of the best monotone mapping (as in cllr_min), clamped to
/// |log10 LR| <= `log10_bound`. Empty unless both classes are present.
[[nodiscard]] std::vector<LabelledRatio> best_ratios(const std::vector<LabelledRatio>& pictures,
                                                     double log10_bound);

/// Risk against coverage: when only the share x of the pictures with the largest |ln LR| gets an
/// answer, y is the share of wrong answers (LR for the other class) among them. One point a
/// picture; pictures of equal |ln LR| join together.
[[nodiscard]] CurvePoints risk_at_coverage(const std::vector<LabelledRatio>& pictures);

/// A share of pictures with its 95 % interval by bootstrap over groups.
struct GroupedShare {
    double share = 0;  ///< NaN without pictures
    double low = 0;
    double high = 0;
    std::size_t pictures = 0;
    std::size_t groups = 0;
};
/// The share of these pictures for which `hits` is true; one entry a picture.
[[nodiscard]] GroupedShare grouped_share(const std::vector<bool>& hits,
                                         const std::vector<std::size_t>& groups, int rounds,
                                         std::uint64_t seed);

}  // namespace dfd
