#include "core/training/measuring/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "core/base/dice.h"

namespace dfd {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? kNone : static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<Labelled> sorted_for_pairs(std::vector<Labelled> pictures) {
    std::sort(pictures.begin(), pictures.end(), [](const Labelled& a, const Labelled& b) {
        return std::tie(a.stratum, a.score) < std::tie(b.stratum, b.score);
    });
    return pictures;
}

// Returns the AUC. `weight(picture)` is its multiplicity. `sorted` by stratum, then by score.
template <class Weight>
double weighted_auc(const std::vector<Labelled>& sorted, const Weight& weight) {
    double wins = 0;
    double pairs = 0;
    for (std::size_t begin = 0; begin < sorted.size();) {
        double real = 0;
        double fake = 0;
        std::size_t at = begin;
        while (at < sorted.size() && sorted[at].stratum == sorted[begin].stratum) {
            double real_here = 0;
            double fake_here = 0;
            const double score = sorted[at].score;
            if (std::isnan(score))
                return kNone;
            for (; at < sorted.size() && sorted[at].stratum == sorted[begin].stratum &&
                   sorted[at].score == score;
                 ++at)
                (sorted[at].fake ? fake_here : real_here) += weight(sorted[at]);
            wins += fake_here * (real + real_here / 2);
            real += real_here;
            fake += fake_here;
        }
        pairs += real * fake;
        begin = at;
    }
    return pairs > 0 ? wins / pairs : kNone;
}

double percentile(const std::vector<double>& sorted, double share_below) {
    const double at = share_below * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const auto high = std::min(low + 1, sorted.size() - 1);
    return std::lerp(sorted[low], sorted[high], at - static_cast<double>(low));
}

// Pictures with the same score, in descending order of score.
struct Step {
    double score = 0;
    std::size_t real = 0;
    std::size_t fake = 0;
};

std::vector<Step> falling_steps(const std::vector<Labelled>& pictures) {
    std::vector<std::pair<double, bool>> all;
    all.reserve(pictures.size());
    for (const auto& each : pictures)
        all.emplace_back(each.score, each.fake);
    std::sort(all.begin(), all.end(), std::greater<>());
    std::vector<Step> steps;
    for (const auto& [score, fake] : all) {
        if (steps.empty() || steps.back().score != score)
            steps.push_back({score});
        ++(fake ? steps.back().fake : steps.back().real);
    }
    return steps;
}

std::size_t count_fakes(const std::vector<Labelled>& pictures) {
    return static_cast<std::size_t>(std::count_if(pictures.begin(), pictures.end(),
                                                  [](const Labelled& each) { return each.fake; }));
}

}  // namespace

std::vector<std::size_t> group_numbers(const std::vector<std::string>& names) {
    std::unordered_map<std::string, std::size_t> known;
    std::vector<std::size_t> numbers;
    numbers.reserve(names.size());
    std::size_t next = 0;
    for (const auto& name : names) {
        if (name.empty()) {
            numbers.push_back(next++);
            continue;
        }
        const auto [entry, added] = known.emplace(name, next);
        next += added;
        numbers.push_back(entry->second);
    }
    return numbers;
}

double roc_auc(const std::vector<Labelled>& pictures) {
    return weighted_auc(sorted_for_pairs(pictures), [](const Labelled&) { return 1.0; });
}

double roc_auc(const std::vector<double>& fake, const std::vector<double>& real) {
    std::vector<Labelled> pictures;
    pictures.reserve(fake.size() + real.size());
    for (const double score : fake)
        pictures.push_back({score, true});
    for (const double score : real)
        pictures.push_back({score, false});
    return roc_auc(pictures);
}

std::pair<double, double> auc_interval(const std::vector<Labelled>& pictures, int rounds,
                                       std::uint64_t seed) {
    auto sorted = sorted_for_pairs(pictures);
    // Numbers groups in order of appearance, so that every column of scores draws the same groups.
    std::unordered_map<std::size_t, std::size_t> places;
    for (const auto& each : pictures)
        places.emplace(each.group, places.size());
    if (places.size() < 2)
        return {kNone, kNone};
    for (auto& each : sorted)
        each.group = places.at(each.group);
    Dice dice(seed ^ 0xB007);
    std::vector<double> values;
    std::vector<double> drawn(places.size());
    for (int round = 0; round < rounds; ++round) {
        std::fill(drawn.begin(), drawn.end(), 0.0);
        for (std::size_t i = 0; i < drawn.size(); ++i)
            drawn[static_cast<std::size_t>(dice.bits() % drawn.size())] += 1;
        const double value =
            weighted_auc(sorted, [&](const Labelled& each) { return drawn[each.group]; });
        if (!std::isnan(value))
            values.push_back(value);
    }
    if (values.empty())
        return {kNone, kNone};
    std::sort(values.begin(), values.end());
    return {percentile(values, 0.025), percentile(values, 0.975)};
}

std::vector<RocPoint> roc_curve(const std::vector<Labelled>& pictures) {
    const auto fakes = count_fakes(pictures);
    const auto reals = pictures.size() - fakes;
    if (fakes == 0 || reals == 0)
        return {};
    std::vector<RocPoint> curve{{std::numeric_limits<double>::infinity(), 0, 0}};
    std::size_t fake = 0;
    std::size_t real = 0;
    for (const auto& step : falling_steps(pictures)) {
        fake += step.fake;
        real += step.real;
        curve.push_back({step.score, share(real, reals), share(fake, fakes)});
    }
    return curve;
}

double equal_error_rate(const std::vector<RocPoint>& curve) {
    // False positive rate minus miss rate: -1 at the start of the curve, 1 at its end.
    const auto difference = [](const RocPoint& point) {
        return point.false_positive_rate - (1 - point.true_positive_rate);
    };
    for (std::size_t i = 1; i < curve.size(); ++i) {
        const double after = difference(curve[i]);
        if (after < 0)
            continue;
        const double before = difference(curve[i - 1]);
        return std::lerp(curve[i - 1].false_positive_rate, curve[i].false_positive_rate,
                         before / (before - after));
    }
    return kNone;
}

double true_positives_at(const std::vector<RocPoint>& curve, double rate) {
    double best = kNone;
    for (const auto& point : curve)
        if (point.false_positive_rate <= rate)
            best = point.true_positive_rate;  // never decreases along the curve
    return best;
}

double average_precision(const std::vector<Labelled>& pictures) {
    const auto fakes = count_fakes(pictures);
    if (fakes == 0 || fakes == pictures.size())
        return kNone;
    double sum = 0;
    std::size_t fake = 0;
    std::size_t called_fake = 0;
    for (const auto& step : falling_steps(pictures)) {
        fake += step.fake;
        called_fake += step.fake + step.real;
        sum += share(step.fake, fakes) * share(fake, called_fake);
    }
    return sum;
}

double accuracy_at(const std::vector<Labelled>& pictures, double threshold) {
    return share(static_cast<std::size_t>(std::count_if(
                     pictures.begin(), pictures.end(),
                     [&](const Labelled& each) { return (each.score >= threshold) == each.fake; })),
                 pictures.size());
}

BestThreshold best_threshold(const std::vector<Labelled>& pictures) {
    const auto steps = falling_steps(pictures);
    if (steps.empty())
        return {kNone, kNone};
    // Initially no picture is called fake: the real pictures are correct.
    std::size_t correct = pictures.size() - count_fakes(pictures);
    std::size_t most = correct;
    double best = std::nextafter(steps.front().score, std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        correct = correct + steps[i].fake - steps[i].real;
        double threshold = steps[i].score;
        if (i + 1 < steps.size()) {
            const double middle = std::midpoint(steps[i + 1].score, threshold);
            threshold = middle > steps[i + 1].score ? middle : threshold;
        }
        const bool nearer = std::abs(threshold - 0.5) <= std::abs(best - 0.5);
        if (correct > most || (correct == most && nearer)) {
            most = correct;
            best = threshold;
        }
    }
    return {best, share(most, pictures.size())};
}

double ReliabilityBin::fake_share() const {
    return share(fake, pictures());
}

std::vector<ReliabilityBin> reliability_bins(const std::vector<Labelled>& pictures, int bins) {
    std::vector<ReliabilityBin> all(static_cast<std::size_t>(std::max(bins, 1)));
    const auto count = static_cast<double>(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].low = static_cast<double>(i) / count;
        all[i].high = static_cast<double>(i + 1) / count;
    }
    std::vector<double> sums(all.size());
    for (const auto& each : pictures) {
        const double place = std::clamp(std::floor(each.score * count), 0.0, count - 1);
        const auto at = static_cast<std::size_t>(place);
        ++(each.fake ? all[at].fake : all[at].real);
        sums[at] += each.score;
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].mean_score =
            all[i].pictures() == 0 ? kNone : sums[i] / static_cast<double>(all[i].pictures());
    return all;
}

double expected_calibration_error(const std::vector<ReliabilityBin>& bins) {
    std::size_t pictures = 0;
    double error = 0;
    for (const auto& bin : bins)
        if (bin.pictures() > 0) {
            pictures += bin.pictures();
            error +=
                static_cast<double>(bin.pictures()) * std::abs(bin.fake_share() - bin.mean_score);
        }
    return pictures == 0 ? kNone : error / static_cast<double>(pictures);
}

Metrics measure(const std::vector<Labelled>& pictures, int rounds, std::uint64_t seed) {
    Metrics all;
    all.fake = count_fakes(pictures);
    all.real = pictures.size() - all.fake;
    all.auc = roc_auc(pictures);
    std::tie(all.low, all.high) = auc_interval(pictures, rounds, seed);
    all.average_precision = average_precision(pictures);
    const auto curve = roc_curve(pictures);
    all.equal_error_rate = equal_error_rate(curve);
    all.tpr_at_fpr_10 = true_positives_at(curve, 0.1);
    all.tpr_at_fpr_1 = true_positives_at(curve, 0.01);
    all.tpr_at_fpr_01 = true_positives_at(curve, 0.001);
    all.accuracy = accuracy_at(pictures, 0.5);
    const auto best = best_threshold(pictures);
    all.best_threshold = best.threshold;
    all.best_accuracy = best.accuracy;
    all.calibration_error =
        expected_calibration_error(reliability_bins(pictures, kCalibrationBins));
    std::size_t caught = 0;
    std::size_t alarms = 0;
    for (const auto& each : pictures)
        if (each.score >= 0.5)
            ++(each.fake ? caught : alarms);
    all.caught = share(caught, all.fake);
    all.false_alarms = share(alarms, all.real);
    return all;
}

}  // namespace dfd
