#include "core/panel/opinion.h"

#include <algorithm>
#include <cmath>

namespace dfd {
namespace {

float sample_clamped(const HeatMap& map, double row, double column) {
    row = std::clamp(row, 0.0, map.rows - 1.0);
    column = std::clamp(column, 0.0, map.columns - 1.0);
    const int r0 = static_cast<int>(row), c0 = static_cast<int>(column);
    const int r1 = std::min(r0 + 1, map.rows - 1), c1 = std::min(c0 + 1, map.columns - 1);
    const double fr = row - r0, fc = column - c0;
    const auto at = [&](int r, int c) {
        return static_cast<double>(
            map.values[static_cast<size_t>(r) * static_cast<size_t>(map.columns) +
                       static_cast<size_t>(c)]);
    };
    return static_cast<float>((at(r0, c0) * (1 - fc) + at(r0, c1) * fc) * (1 - fr) +
                              (at(r1, c0) * (1 - fc) + at(r1, c1) * fc) * fr);
}

}  // namespace

double fake_score(const std::array<double, 2>& logits) {
    return 1.0 / (1.0 + std::exp(logits[0] - logits[1]));
}

void combine(PanelOpinion& opinion) {
    auto& experts = opinion.experts;
    const double count = static_cast<double>(experts.size());
    double sum = 0;
    for (auto& expert : experts) {
        expert.score = fake_score(expert.logits);
        sum += expert.score;
    }
    opinion.score = experts.empty() ? 0 : sum / count;
    double squares = 0;
    for (auto& expert : experts) {
        squares += (expert.score - opinion.score) * (expert.score - opinion.score);
        expert.without = experts.size() > 1 ? (sum - expert.score) / (count - 1) : expert.score;
    }
    opinion.spread = experts.empty() ? 0 : std::sqrt(squares / count);
}

HeatMap mean_map(const PanelOpinion& opinion) {
    HeatMap mean;
    size_t maps = 0;
    for (const auto& expert : opinion.experts) {
        if (!expert.map)
            continue;
        ++maps;
        mean.rows = std::max(mean.rows, expert.map->rows);
        mean.columns = std::max(mean.columns, expert.map->columns);
    }
    mean.values.assign(static_cast<size_t>(mean.rows) * static_cast<size_t>(mean.columns), 0.0f);
    for (const auto& expert : opinion.experts) {
        if (!expert.map || expert.map->values.empty())
            continue;
        const auto& map = *expert.map;
        auto* out = mean.values.data();
        for (int r = 0; r < mean.rows; ++r)
            for (int c = 0; c < mean.columns; ++c)  // centres of cells over centres of cells
                *out++ += sample_clamped(map, (r + 0.5) * map.rows / mean.rows - 0.5,
                                         (c + 0.5) * map.columns / mean.columns - 0.5) /
                          static_cast<float>(maps);
    }
    return mean;
}

Band band_of(double score, const BandThresholds& thresholds) {
    if (score < thresholds.real_below)
        return Band::LooksReal;
    return score < thresholds.fake_from ? Band::Undecided : Band::LooksFake;
}

const char* band_name(Band band) {
    switch (band) {
        case Band::LooksReal:
            return "looks real";
        case Band::LooksFake:
            return "looks fake";
        case Band::Undecided:
            break;
    }
    return "undecided";
}

}  // namespace dfd
