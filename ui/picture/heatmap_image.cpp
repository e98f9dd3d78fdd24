#include "ui/picture/heatmap_image.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/picture/pixels/signed_overlay.h"
#include "core/picture/pixels/veil.h"

namespace dfd::ui {
namespace {

/// Bilinear interpolation along one axis: two neighbours and the weight of the second.
struct Tap {
    int first = 0;
    int second = 0;
    float weight = 0;

    [[nodiscard]] int nearest() const { return weight < 0.5f ? first : second; }
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

/// Interpolates and colours a map. `colour_of` maps a normalized value (`lowest` .. 1) to a colour;
/// the absolute value determines the alpha.
template <class ColourOf>
QImage render_map(const HeatMap& map, float scale_max, float lowest, double opacity,
                  const QSize& size, const ColourOf& colour_of) {
    const bool complete = is_complete(map);
    if (map.values.empty() || (!(scale_max > 0) && complete) || size.isEmpty())
        return {};
    const int longest = std::max(size.width(), size.height());
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    const std::vector<Tap> columns = taps(map.columns, size.width());
    const std::vector<Tap> rows = taps(map.rows, size.height());
    const auto cell = [&map](int row, int column) {
        return map.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(map.columns) +
                          static_cast<std::size_t>(column)];
    };
    const auto value_at = [&cell](int row, int column) {
        const float value = cell(row, column);
        return looked_at(value) ? value : 0;
    };
    for (int y = 0; y < size.height(); ++y) {
        const Tap& down = rows[static_cast<std::size_t>(y)];
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            const Tap& across = columns[static_cast<std::size_t>(x)];
            if (!complete && !looked_at(cell(down.nearest(), across.nearest()))) {
                const Veil veil = veil_at(x, y, longest);
                line[x] = qPremultiply(
                    qRgba(veil.grey, veil.grey, veil.grey, static_cast<int>(255 * veil.strength)));
                continue;
            }
            if (!(scale_max > 0)) {
                line[x] = 0;
                continue;
            }
            const float top = std::lerp(value_at(down.first, across.first),
                                        value_at(down.first, across.second), across.weight);
            const float bottom = std::lerp(value_at(down.second, across.first),
                                           value_at(down.second, across.second), across.weight);
            const float share =
                std::clamp(std::lerp(top, bottom, down.weight) / scale_max, lowest, 1.0f);
            const auto& colour = colour_of(share);
            const int alpha = static_cast<int>(std::lround(255.0 * opacity * std::abs(share)));
            line[x] = qPremultiply(qRgba(colour[0], colour[1], colour[2], alpha));
        }
    }
    return image;
}

/// Empty unless every expert has a map.
HeatMap complete_mean(const PanelOpinion& opinion) {
    const bool complete =
        std::all_of(opinion.experts.begin(), opinion.experts.end(),
                    [](const ExpertOpinion& expert) { return expert.map.has_value(); });
    return complete && !opinion.experts.empty() ? mean_map(opinion) : HeatMap{};
}

}  // namespace

QImage colour_heatmap(const HeatMap& map, float scale_max, ColourMap colours, double opacity,
                      const QSize& size) {
    const auto& table = colour_table(colours);
    return render_map(
        map, scale_max, 0, opacity, size, [&](float share) -> const auto& {
            return table[static_cast<std::size_t>(std::lround(share * 255.0f))];
        });
}

QImage signed_heatmap(const HeatMap& map, float scale_max, double opacity, const QSize& size) {
    return render_map(
        map, scale_max, -1, opacity, size, [](float share) -> const auto& {
            return share > 0 ? kTowardsFakeColour : kTowardsRealColour;
        });
}

HeatMap side_of(HeatMap map, Towards towards) {
    const float low = towards == Towards::Fake ? 0.0f : -INFINITY;
    const float high = towards == Towards::Real ? 0.0f : INFINITY;
    for (float& value : map.values)
        value = std::clamp(value, low, high);
    return map;
}

bool is_complete(const HeatMap& map) {
    return std::ranges::all_of(map.values, looked_at);
}

float common_scale(const PanelOpinion& opinion) {
    float largest = 0;
    for (const ExpertOpinion& expert : opinion.experts)
        if (expert.map)
            largest = std::max(largest, maximum(*expert.map));
    return largest;
}

HeatMap selected_map(const PanelOpinion& opinion, int choice) {
    if (choice == kMeanMap && !opinion.answers.empty())
        return selected_map(opinion, mean_map_of(opinion.leading));
    for (std::size_t q = 0; q < opinion.answers.size(); ++q)
        if (choice == mean_map_of(q))
            return complete_mean(part(opinion, q));
    if (choice == kMeanMap)
        return complete_mean(opinion);
    if (choice < 0 || choice >= static_cast<int>(opinion.experts.size()))
        return {};
    return opinion.experts[static_cast<std::size_t>(choice)].map.value_or(HeatMap{});
}

}  // namespace dfd::ui
