#include "core/training/measuring/likelihood_ratios.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>
#include <stdexcept>

#include "core/base/dice.h"
#include "core/training/measuring/logistic_regression.h"

namespace dfd {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
/// Keeps the fit finite when a score separates the classes perfectly.
constexpr double kRidge = 1e-3;
constexpr double kSmallest = 1e-12;
constexpr double kStep = 0.05;  ///< between the scores of the table of false alarms

struct Counts {
    std::size_t real = 0;
    std::size_t fake = 0;
};

Counts count(const std::vector<Labelled>& pictures) {
    Counts counts;
    for (const auto& each : pictures)
        ++(each.fake ? counts.fake : counts.real);
    return counts;
}

std::size_t groups_of(const std::vector<Labelled>& pictures, bool fake) {
    std::set<std::size_t> groups;
    for (const auto& each : pictures)
        if (each.fake == fake)
            groups.insert(each.group);
    return groups.size();
}

/// The share of fakes, class-balanced, for each picture in ascending order of score: the isotonic
/// regression by pool-adjacent-violators.
std::vector<double> isotonic_shares(const std::vector<Labelled>& sorted, const Counts& counts) {
    struct Pool {
        double fake = 0;
        double all = 0;
        std::size_t pictures = 0;
    };
    std::vector<Pool> pools;
    const double real_weight = 0.5 / static_cast<double>(counts.real);
    const double fake_weight = 0.5 / static_cast<double>(counts.fake);
    for (std::size_t i = 0; i < sorted.size();) {
        Pool pool;  // of equal scores
        const double score = sorted[i].score;
        for (; i < sorted.size() && sorted[i].score == score; ++i) {
            const double weight = sorted[i].fake ? fake_weight : real_weight;
            pool.fake += sorted[i].fake ? weight : 0;
            pool.all += weight;
            ++pool.pictures;
        }
        while (!pools.empty() && pools.back().fake * pool.all >= pool.fake * pools.back().all) {
            pool.fake += pools.back().fake;
            pool.all += pools.back().all;
            pool.pictures += pools.back().pictures;
            pools.pop_back();
        }
        pools.push_back(pool);
    }
    std::vector<double> shares;
    for (const auto& pool : pools)
        shares.insert(shares.end(), pool.pictures, pool.fake / pool.all);
    return shares;
}

/// Share of a class's pictures at or above each score, with an interval that draws whole groups.
std::vector<AlarmRate> rates_above(const std::vector<Labelled>& pictures, int rounds,
                                   std::uint64_t seed) {
    std::map<std::size_t, std::vector<double>> by_group;
    for (const auto& each : pictures)
        by_group[each.group].push_back(each.score);
    std::vector<const std::vector<double>*> groups;
    for (const auto& [group, values] : by_group)
        groups.push_back(&values);
    const auto rate_of = [&](double score, const auto& drawn) {
        double above = 0, all = 0;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const auto& values = *groups[i];
            above += drawn[i] * static_cast<double>(std::ranges::count_if(
                                    values, [&](double value) { return value >= score; }));
            all += drawn[i] * static_cast<double>(values.size());
        }
        return above / all;
    };
    std::vector<std::vector<double>> draws;
    Dice dice(seed ^ 0xA1A2);
    for (int round = 0; round < rounds; ++round) {
        auto& drawn = draws.emplace_back(groups.size(), 0.0);
        for (std::size_t i = 0; i < groups.size(); ++i)
            drawn[static_cast<std::size_t>(dice.bits() % groups.size())] += 1;
    }
    // When no group (or every group) is above, a bootstrap sees no spread: the exact bound of a
    // share of groups ("rule of three") is the least that is stated.
    const double unseen = 1 - std::pow(0.05, 1 / static_cast<double>(groups.size()));
    std::vector<AlarmRate> rates;
    for (int step = 0; step * kStep < 1 - kStep / 2; ++step) {
        AlarmRate rate;
        rate.score = std::round(step * kStep * 100) / 100;
        rate.rate = rate.low = rate.high =
            rate_of(rate.score, std::vector<double>(groups.size(), 1));
        std::vector<double> values;
        for (const auto& drawn : draws)
            values.push_back(rate_of(rate.score, drawn));
        std::ranges::sort(values);
        if (!values.empty()) {
            const auto at = [&](double share) {
                return values[static_cast<std::size_t>(share *
                                                       static_cast<double>(values.size() - 1))];
            };
            rate.low = std::min(rate.rate, at(0.025));
            rate.high = std::max(rate.rate, at(0.975));
        }
        if (rate.score > 0 && rate.rate == 1)
            rate.low = 1 - unseen;
        rates.push_back(rate);
    }
    // A higher score cannot be less certain to be rare than a lower one.
    double highest = unseen;
    for (auto rate = rates.rbegin(); rate != rates.rend(); ++rate)
        highest = rate->high = std::max(rate->high, highest);
    return rates;
}

std::vector<Labelled> of_class(const std::vector<Labelled>& pictures, bool fake) {
    std::vector<Labelled> some;
    std::ranges::copy_if(pictures, std::back_inserter(some),
                         [fake](const Labelled& each) { return each.fake == fake; });
    return some;
}

/// Share of the fakes at or below each score: rates_above of the mirrored scores.
std::vector<AlarmRate> rates_below(std::vector<Labelled> fakes, int rounds, std::uint64_t seed) {
    for (auto& each : fakes)
        each.score = 1 - each.score;
    auto rates = rates_above(fakes, rounds, seed);
    for (auto& rate : rates)
        rate.score = std::round((1 - rate.score) * 100) / 100;
    std::ranges::reverse(rates);
    return rates;
}

/// The lowest hundredth that fewer than kUnusual of these pictures reach; 2 if none.
double unusual_from(const std::vector<Labelled>& pictures) {
    for (int hundredth = 0; hundredth <= 100; ++hundredth) {
        const double score = hundredth / 100.0;
        const auto above = std::ranges::count_if(
            pictures, [&](const Labelled& each) { return each.score >= score; });
        if (static_cast<double>(above) < kUnusual * static_cast<double>(pictures.size()))
            return score;
    }
    return 2;
}

/// A ratio of one class, which counts as this part of the class's groups.
struct WeightedRatio {
    double ratio = 0;  ///< LR
    double share = 0;
};

/// Each group as the share of its pictures, ascending in LR; with `mirrored` 1 / LR.
std::vector<WeightedRatio> shares_of_groups(const std::vector<LabelledRatio>& ratios, bool fake,
                                            bool mirrored) {
    std::map<std::size_t, std::size_t> pictures;
    for (const auto& each : ratios)
        if (each.fake == fake)
            ++pictures[each.group];
    std::vector<WeightedRatio> shares;
    const auto groups = static_cast<double>(pictures.size());
    for (const auto& each : ratios)
        if (each.fake == fake)
            shares.push_back({std::exp(mirrored ? -each.score : each.score),
                              1 / (groups + 1) / static_cast<double>(pictures.at(each.group))});
    std::ranges::sort(shares, {}, &WeightedRatio::ratio);
    return shares;
}

/// log10 of the lowest threshold from 1 on at which deciding by the ratios does not cost less than
/// deciding without them. `against` are the ratios of the class that they should be low for.
double empirical_bound(const std::vector<WeightedRatio>& against,
                       const std::vector<WeightedRatio>& for_it) {
    // What one misleading picture more adds: the part of the groups that the shares leave.
    double above = 1, missed = 1;
    for (const auto& each : against)
        above -= each.ratio > 1 ? 0 : each.share;
    for (const auto& each : for_it)
        missed -= each.ratio > 1 ? each.share : 0;
    const auto beyond = [](const WeightedRatio& each) { return each.ratio > 1; };
    auto next_above = std::ranges::find_if(against, beyond);
    auto next_missed = std::ranges::find_if(for_it, beyond);
    // Between two ratios that occur, only the threshold rises.
    for (double threshold = 1;;) {
        if (threshold * above + missed >= 1)
            return std::log10(threshold);
        const double fails_at = (1 - missed) / above;
        double next = std::numeric_limits<double>::infinity();
        if (next_above != against.end())
            next = next_above->ratio;
        if (next_missed != for_it.end())
            next = std::min(next, next_missed->ratio);
        if (fails_at <= next)
            return std::log10(fails_at);
        threshold = next;
        for (; next_above != against.end() && next_above->ratio <= threshold; ++next_above)
            above -= next_above->share;
        for (; next_missed != for_it.end() && next_missed->ratio <= threshold; ++next_missed)
            missed += next_missed->share;
    }
}

}  // namespace

double log_odds_of_score(double score) {
    const double s = std::clamp(score, kSmallest, 1 - kSmallest);
    return std::log(s / (1 - s));
}

double RatioBounds::bounded(double log_ratio) const {
    return std::clamp(log_ratio, -real * std::numbers::ln10, fake * std::numbers::ln10);
}

RatioBounds group_bounds(const std::vector<Labelled>& scores) {
    const auto real = groups_of(scores, false), fake = groups_of(scores, true);
    if (std::min(real, fake) < static_cast<std::size_t>(kCalibrationFolds))
        throw std::invalid_argument("A calibration needs at least " +
                                    std::to_string(kCalibrationFolds) +
                                    " groups of real pictures and as many of fakes; there are " +
                                    std::to_string(real) + " and " + std::to_string(fake) + ".");
    return {std::log10(static_cast<double>(real) + 1), std::log10(static_cast<double>(fake) + 1)};
}

RatioBounds empirical_bounds(const std::vector<LabelledRatio>& ratios) {
    const auto counts = count(ratios);
    if (counts.real == 0 || counts.fake == 0)
        return {kNone, kNone};
    return {empirical_bound(shares_of_groups(ratios, false, false),
                            shares_of_groups(ratios, true, false)),
            empirical_bound(shares_of_groups(ratios, true, true),
                            shares_of_groups(ratios, false, true))};
}

RatioBounds ratio_bounds(const std::vector<Labelled>& scores,
                         const std::vector<LabelledRatio>& ratios) {
    const auto groups = group_bounds(scores), found = empirical_bounds(ratios);
    return {std::min(groups.fake, found.fake), std::min(groups.real, found.real)};
}

std::map<std::size_t, int> deal_groups(const std::vector<Labelled>& scores, std::uint64_t seed) {
    std::map<std::size_t, int> kinds;  // 1: real pictures, 2: fakes, 3: both
    for (const auto& each : scores)
        kinds[each.group] |= each.fake ? 2 : 1;
    // One by one, in a drawn order: first those with both classes, then those of one class. So each
    // fold gets its share of both.
    std::map<std::size_t, int> fold_of;
    Dice dice(seed ^ 0xF01D);
    int next = 0;
    for (const int kind : {3, 1, 2}) {
        std::vector<std::size_t> groups;
        for (const auto& [group, found] : kinds)
            if (found == kind)
                groups.push_back(group);
        for (std::size_t i = groups.size(); i > 1; --i)
            std::swap(groups[i - 1], groups[static_cast<std::size_t>(dice.bits() % i)]);
        for (const auto group : groups)
            fold_of[group] = next++ % kCalibrationFolds;
    }
    return fold_of;
}

double cllr(const std::vector<LabelledRatio>& pictures) {
    const auto counts = count(pictures);
    if (counts.real == 0 || counts.fake == 0)
        return kNone;
    double real = 0, fake = 0;
    for (const auto& each : pictures)
        (each.fake ? fake : real) += softplus_bits(each.fake ? -each.score : each.score);
    return (fake / static_cast<double>(counts.fake) + real / static_cast<double>(counts.real)) / 2;
}

double softplus_bits(double x) {
    return (std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)))) / std::numbers::ln2;
}

std::vector<LabelledRatio> isotonic_ratios(const std::vector<LabelledRatio>& pictures) {
    const auto counts = count(pictures);
    if (counts.real == 0 || counts.fake == 0)
        return {};
    auto sorted = pictures;
    std::ranges::stable_sort(sorted, {}, &Labelled::score);
    const auto shares = isotonic_shares(sorted, counts);
    for (std::size_t i = 0; i < sorted.size(); ++i)
        sorted[i].score = shares[i] <= 0   ? -std::numeric_limits<double>::infinity()
                          : shares[i] >= 1 ? std::numeric_limits<double>::infinity()
                                           : std::log(shares[i] / (1 - shares[i]));
    return sorted;
}

double cllr_min(const std::vector<LabelledRatio>& pictures) {
    return cllr(isotonic_ratios(pictures));
}

MisleadingEvidence misleading_evidence(const std::vector<LabelledRatio>& pictures) {
    const auto counts = count(pictures);
    std::size_t real = 0, fake = 0;
    for (const auto& each : pictures) {
        real += !each.fake && each.score > 0 ? 1 : 0;
        fake += each.fake && each.score < 0 ? 1 : 0;
    }
    const auto share = [](std::size_t part, std::size_t all) {
        return all == 0 ? kNone : static_cast<double>(part) / static_cast<double>(all);
    };
    return {share(real, counts.real), share(fake, counts.fake)};
}

double ratio_calibration_error(const std::vector<LabelledRatio>& pictures) {
    const auto counts = count(pictures);
    if (counts.real == 0 || counts.fake == 0)
        return kNone;
    struct Bin {
        double weight = 0;  ///< of all pictures; each class has a half
        double fake = 0;
        double stated = 0;  ///< weighted sum of the probabilities
    };
    std::vector<Bin> bins(kCalibrationBins);
    for (const auto& each : pictures) {
        const double probability = 1 / (1 + std::exp(-each.score));
        const auto at =
            std::min(static_cast<std::size_t>(probability * kCalibrationBins), bins.size() - 1);
        const double weight = 0.5 / static_cast<double>(each.fake ? counts.fake : counts.real);
        bins[at].weight += weight;
        bins[at].fake += each.fake ? weight : 0;
        bins[at].stated += weight * probability;
    }
    double error = 0;
    for (const auto& bin : bins)
        error += std::abs(bin.fake - bin.stated);
    return error;
}

double RatioModel::log_ratio(double score) const {
    return bias + slope * log_odds_of_score(score);
}

RatioModel fit_ratios(const std::vector<Labelled>& scores) {
    LogisticData data;
    data.columns = 1;
    for (const auto& each : scores) {
        data.x.push_back(log_odds_of_score(each.score));
        data.positive.push_back(each.fake);
    }
    data.balance();
    const auto model = fit_logistic(data, kRidge);
    return {model.slopes.front(), model.bias};
}

CalibrationFigures calibrate_scores(const std::vector<Labelled>& scores,
                                    const std::string& question, int rounds, std::uint64_t seed) {
    CalibrationFigures figures;
    const auto counts = count(scores);
    figures.real = counts.real;
    figures.fake = counts.fake;
    figures.real_groups = groups_of(scores, false);
    figures.fake_groups = groups_of(scores, true);
    static_cast<void>(group_bounds(scores));  // throws for too few groups
    const auto model = fit_ratios(scores);
    if (model.slope <= 0)
        throw std::invalid_argument(
            "Higher scores are not more often those of fakes on these pictures, so the scores "
            "cannot be calibrated. Check the labels and the question.");
    figures.calibration.question = question;
    figures.calibration.slope = model.slope;
    figures.calibration.bias = model.bias;
    const auto real = of_class(scores, false);
    auto fakes = of_class(scores, true);
    figures.calibration.alarms = rates_above(real, rounds, seed);
    figures.calibration.misses = rates_below(fakes, rounds, seed);
    figures.calibration.unusual_real_from = unusual_from(real);
    for (auto& each : fakes)
        each.score = 1 - each.score;
    figures.calibration.unusual_fake_below = std::round((1 - unusual_from(fakes)) * 100) / 100;

    const auto fold_of = deal_groups(scores, seed);
    auto ratios = scores;
    for (int fold = 0; fold < kCalibrationFolds; ++fold) {
        std::vector<Labelled> others;
        for (const auto& each : scores)
            if (fold_of.at(each.group) != fold)
                others.push_back(each);
        const auto of_others = fit_ratios(others);
        for (std::size_t i = 0; i < scores.size(); ++i)
            if (fold_of.at(scores[i].group) == fold)
                ratios[i].score = of_others.log_ratio(scores[i].score);
    }
    const auto bounds = ratio_bounds(scores, ratios);
    figures.calibration.bound = bounds.fake;
    figures.calibration.bound_real = bounds.real;
    for (auto& each : ratios)
        each.score = bounds.bounded(each.score);
    figures.cllr = cllr(ratios);
    figures.cllr_min = cllr_min(scores);
    figures.misleading = misleading_evidence(ratios);
    figures.calibration_error = ratio_calibration_error(ratios);
    figures.auc = roc_auc(scores);
    figures.equal_error_rate = equal_error_rate(roc_curve(scores));
    return figures;
}

}  // namespace dfd
