#include "core/opinion/contributions.h"

#include <algorithm>
#include <numeric>

namespace dfd {
namespace {

float cells_of(int rows, int columns) {
    return static_cast<float>(rows) * static_cast<float>(columns);
}

}  // namespace

double sum_of(const ContributionMap& map) {
    return std::accumulate(map.values.begin(), map.values.end(), 0.0, [](double sum, float value) {
        return looked_at(value) ? sum + value : sum;
    });
}

HeatMap density_of(const ContributionMap& map) {
    HeatMap density{map.rows, map.columns, map.values};
    for (auto& value : density.values)
        value *= cells_of(map.rows, map.columns);
    return density;
}

ContributionMap mean_contributions(std::span<const ContributionMap* const> maps,
                                   std::span<const double> weights) {
    PanelOpinion densities;
    for (std::size_t i = 0; i < maps.size(); ++i) {
        auto& expert = densities.experts.emplace_back();
        expert.weight = weights[i];
        expert.map = density_of(*maps[i]);
    }
    if (densities.experts.empty())
        return {};
    auto mean = mean_map(densities, Unseen::Zero);
    for (auto& value : mean.values)
        value /= cells_of(mean.rows, mean.columns);
    return {mean.rows, mean.columns, std::move(mean.values)};
}

}  // namespace dfd
