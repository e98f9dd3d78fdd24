#include "core/training/measuring/ratio_plots.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "core/base/dice.h"

namespace dfd {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

CurvePoints tippett(const std::vector<LabelledRatio>& pictures, bool fake) {
    std::vector<double> ratios;
    for (const auto& each : pictures)
        if (each.fake == fake)
            ratios.push_back(each.score / std::numbers::ln10);
    std::ranges::sort(ratios);
    CurvePoints points;
    for (std::size_t i = 0; i < ratios.size(); ++i)
        if (i == 0 || ratios[i] != ratios[i - 1])
            points.emplace_back(ratios[i], static_cast<double>(ratios.size() - i) /
                                               static_cast<double>(ratios.size()));
    return points;
}

double cross_entropy(const std::vector<LabelledRatio>& pictures, double log10_odds) {
    const double log_odds = log10_odds * std::numbers::ln10;
    double fake = 0, real = 0;
    std::size_t fakes = 0, reals = 0;
    for (const auto& each : pictures) {
        (each.fake ? fake : real) +=
            softplus_bits(each.fake ? -each.score - log_odds : each.score + log_odds);
        ++(each.fake ? fakes : reals);
    }
    if (fakes == 0 || reals == 0)
        return kNone;
    const double prior = 1 / (1 + std::exp(-log_odds));
    return prior * fake / static_cast<double>(fakes) +
           (1 - prior) * real / static_cast<double>(reals);
}

double prior_entropy(double log10_odds) {
    return cross_entropy({{0, true, 0, 0}, {0, false, 0, 0}}, log10_odds);
}

std::vector<LabelledRatio> best_ratios(const std::vector<LabelledRatio>& pictures,
                                       double log10_bound) {
    auto best = isotonic_ratios(pictures);
    const double most = log10_bound * std::numbers::ln10;
    for (auto& each : best)
        each.score = std::clamp(each.score, -most, most);
    return best;
}

CurvePoints risk_at_coverage(const std::vector<LabelledRatio>& pictures) {
    auto sorted = pictures;
    std::ranges::stable_sort(sorted, std::ranges::greater{},
                             [](const Labelled& each) { return std::abs(each.score); });
    CurvePoints points;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        wrong += sorted[i].fake ? sorted[i].score < 0 : sorted[i].score > 0;
        if (i + 1 < sorted.size() && std::abs(sorted[i + 1].score) == std::abs(sorted[i].score))
            continue;
        const auto answered = static_cast<double>(i + 1);
        points.emplace_back(answered / static_cast<double>(sorted.size()),
                            static_cast<double>(wrong) / answered);
    }
    return points;
}

GroupedShare grouped_share(const std::vector<bool>& hits, const std::vector<std::size_t>& groups,
                           int rounds, std::uint64_t seed) {
    struct Group {
        double hits = 0;
        double pictures = 0;
    };
    std::map<std::size_t, Group> by_group;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        auto& group = by_group[groups.at(i)];
        group.hits += hits[i] ? 1 : 0;
        group.pictures += 1;
    }
    GroupedShare result;
    result.pictures = hits.size();
    result.groups = by_group.size();
    const auto total = static_cast<double>(std::ranges::count(hits, true));
    result.share = hits.empty() ? kNone : total / static_cast<double>(hits.size());
    result.low = result.high = result.share;
    if (hits.empty())
        return result;
    std::vector<Group> all;
    for (const auto& [number, group] : by_group)
        all.push_back(group);
    Dice dice(seed ^ 0x5A4E);
    std::vector<double> shares;
    for (int round = 0; round < rounds; ++round) {
        Group drawn;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto& one = all[static_cast<std::size_t>(dice.bits() % all.size())];
            drawn.hits += one.hits;
            drawn.pictures += one.pictures;
        }
        shares.push_back(drawn.hits / drawn.pictures);
    }
    std::ranges::sort(shares);
    if (!shares.empty()) {
        const auto at = [&](double share) {
            return shares[static_cast<std::size_t>(share * static_cast<double>(shares.size() - 1))];
        };
        result.low = std::min(result.share, at(0.025));
        result.high = std::max(result.share, at(0.975));
    }
    // A bootstrap sees no spread when all groups are alike; a share of groups has an exact bound.
    const double unseen = 1 - std::pow(0.05, 1 / static_cast<double>(all.size()));
    if (result.share == 0)
        result.high = std::max(result.high, unseen);
    if (result.share == 1)
        result.low = std::min(result.low, 1 - unseen);
    return result;
}

}  // namespace dfd
