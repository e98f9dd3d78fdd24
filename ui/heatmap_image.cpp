#include "ui/heatmap_image.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dfd::ui {
namespace {

/// Two neighbours and the weight of the second, for every output position along one axis.
struct Tap {
    int first = 0;
    int second = 0;
    float weight = 0;
};

std::vector<Tap> taps(int from, int to) {
    std::vector<Tap> result(static_cast<std::size_t>(to));
    const double step = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
        const double position = std::clamp((i + 0.5) * step - 0.5, 0.0, from - 1.0);
        const int first = static_cast<int>(position);
        result[static_cast<std::size_t>(i)] = {first, std::min(first + 1, from - 1),
                                               static_cast<float>(position - first)};
    }
    return result;
}

}  // namespace

QImage colour_heatmap(const HeatMap& map, float scale_max, ColourMap colours, double opacity,
                      const QSize& size) {
    if (map.values.empty() || !(scale_max > 0) || size.isEmpty())
        return {};
    const auto& table = colour_table(colours);
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    const std::vector<Tap> columns = taps(map.columns, size.width());
    const std::vector<Tap> rows = taps(map.rows, size.height());
    const auto value_at = [&map](int row, int column) {
        return map.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(map.columns) +
                          static_cast<std::size_t>(column)];
    };
    for (int y = 0; y < size.height(); ++y) {
        const Tap& down = rows[static_cast<std::size_t>(y)];
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const Tap& across = columns[static_cast<std::size_t>(x)];
            const float top = std::lerp(value_at(down.first, across.first),
                                        value_at(down.first, across.second), across.weight);
            const float bottom = std::lerp(value_at(down.second, across.first),
                                           value_at(down.second, across.second), across.weight);
            const float share =
                std::clamp(std::lerp(top, bottom, down.weight) / scale_max, 0.0f, 1.0f);
            const auto& colour = table[static_cast<std::size_t>(std::lround(share * 255.0f))];
            const int alpha = static_cast<int>(std::lround(255.0 * opacity * share));
            line[x] = qPremultiply(qRgba(colour[0], colour[1], colour[2], alpha));
        }
    }
    return image;
}

float common_scale(const PanelOpinion& opinion) {
    float largest = 0;
    for (const ExpertOpinion& expert : opinion.experts)
        if (expert.map)
            largest = std::max(largest, maximum(*expert.map));
    return largest;
}

HeatMap chosen_map(const PanelOpinion& opinion, int choice) {
    if (choice == kMeanMap) {
        for (const ExpertOpinion& expert : opinion.experts)
            if (!expert.map)
                return {};
        return opinion.experts.empty() ? HeatMap{} : mean_map(opinion);
    }
    if (choice < 0 || choice >= static_cast<int>(opinion.experts.size()))
        return {};
    return opinion.experts[static_cast<std::size_t>(choice)].map.value_or(HeatMap{});
}

}  // namespace dfd::ui
