#include "ui/picture/heatmap_image.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <functional>
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

/// A map's values, interpolated for every pixel of a picture. Places not looked at count as 0.
class Interpolated {
  public:
    Interpolated(const HeatMap& map, const QSize& size)
        : map_(map),
          columns_(taps(map.columns, size.width())),
          rows_(taps(map.rows, size.height())) {}

    [[nodiscard]] float at(int x, int y) const {
        const Tap& across = columns_[static_cast<std::size_t>(x)];
        const Tap& down = rows_[static_cast<std::size_t>(y)];
        const float top = std::lerp(value(down.first, across.first),
                                    value(down.first, across.second), across.weight);
        const float bottom = std::lerp(value(down.second, across.first),
                                       value(down.second, across.second), across.weight);
        return std::lerp(top, bottom, down.weight);
    }
    /// Whether the place of the pixel was looked at.
    [[nodiscard]] bool seen(int x, int y) const {
        return looked_at(cell(rows_[static_cast<std::size_t>(y)].nearest(),
                              columns_[static_cast<std::size_t>(x)].nearest()));
    }

  private:
    [[nodiscard]] float cell(int row, int column) const {
        return map_.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(map_.columns) +
                           static_cast<std::size_t>(column)];
    }
    [[nodiscard]] float value(int row, int column) const {
        const float found = cell(row, column);
        return looked_at(found) ? found : 0;
    }

    const HeatMap& map_;
    std::vector<Tap> columns_, rows_;
};

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
    const Interpolated values(map, size);
    for (int y = 0; y < size.height(); ++y) {
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x) {
            if (!complete && !values.seen(x, y)) {
                const Veil veil = veil_at(x, y, longest);
                line[x] = qPremultiply(
                    qRgba(veil.grey, veil.grey, veil.grey, static_cast<int>(255 * veil.strength)));
                continue;
            }
            if (!(scale_max > 0)) {
                line[x] = 0;
                continue;
            }
            const float share = std::clamp(values.at(x, y) / scale_max, lowest, 1.0f);
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

QImage map_base(const QImage& picture) {
    QImage grey = picture.convertToFormat(QImage::Format_Grayscale8)
                      .convertToFormat(QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&grey);
    painter.fillRect(grey.rect(), QColor(0, 0, 0, 80));
    return grey;
}

float strongest_level(const HeatMap& map) {
    constexpr std::size_t kPart = 9;
    constexpr double kShare = 0.25;
    std::vector<float> values;
    double all = 0;
    for (const float value : map.values)
        if (looked_at(value)) {
            values.push_back(std::max(0.0f, value));
            all += static_cast<double>(values.back());
        }
    if (values.size() < kPart || !(all > 0))
        return 0;
    const std::size_t part = (values.size() + kPart - 1) / kPart;
    const auto last = values.begin() + static_cast<std::ptrdiff_t>(part) - 1;
    std::nth_element(values.begin(), last, values.end(), std::greater<>());
    double strongest = 0;
    for (auto each = values.begin(); each <= last; ++each)
        strongest += static_cast<double>(*each);
    return strongest < kShare * all ? 0 : *last;
}

QImage contour(const HeatMap& map, float level, const QSize& size) {
    if (!(level > 0) || map.values.empty() || size.isEmpty())
        return {};
    const Interpolated values(map, size);
    std::vector<char> inside(static_cast<std::size_t>(size.width()) *
                             static_cast<std::size_t>(size.height()));
    const auto place = [&](int x, int y) {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width()) +
               static_cast<std::size_t>(x);
    };
    for (int y = 0; y < size.height(); ++y)
        for (int x = 0; x < size.width(); ++x)
            inside[place(x, y)] = values.at(x, y) >= level ? 1 : 0;
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setPen(Qt::NoPen);
    // White on a dark edge: visible on every colour.
    for (const auto& [colour, width] :
         {std::pair{QColor(0, 0, 0, 170), 5}, std::pair{QColor(255, 255, 255), 3}}) {
        for (int y = 1; y < size.height(); ++y)
            for (int x = 1; x < size.width(); ++x) {
                const char here = inside[place(x, y)];
                if (here != inside[place(x - 1, y)] || here != inside[place(x, y - 1)])
                    painter.fillRect(x - width / 2, y - width / 2, width, width, colour);
            }
    }
    return image;
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

std::size_t question_of_map(const PanelOpinion& opinion, int choice) {
    for (std::size_t q = 0; q < opinion.answers.size(); ++q)
        if (choice == mean_map_of(q))
            return q;
    if (opinion.answers.empty())
        return 0;
    return choice >= 0 && choice < static_cast<int>(opinion.experts.size())
               ? opinion.experts[static_cast<std::size_t>(choice)].question
               : opinion.leading;
}

float scale_maximum(const PanelOpinion& opinion, int choice, MapScale scale) {
    const auto expert = static_cast<std::size_t>(choice);
    if (scale == MapScale::Own || choice < 0 || expert >= opinion.experts.size())
        return maximum(selected_map(opinion, choice));
    return common_scale(opinion.answers.empty() ? opinion
                                                : part(opinion, opinion.experts[expert].question));
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
