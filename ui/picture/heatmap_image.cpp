#include "ui/picture/heatmap_image.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/picture/pixels/enlarged_map.h"
#include "core/picture/pixels/map_base.h"
#include "core/picture/pixels/signed_overlay.h"
#include "core/picture/pixels/veil.h"

namespace dfd::ui {
namespace {

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
    const EnlargedMap values(map, size.width(), size.height());
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
    QImage grey = picture.convertToFormat(QImage::Format_RGB32);
    for (int y = 0; y < grey.height(); ++y) {
        auto* const line = reinterpret_cast<QRgb*>(grey.scanLine(y));
        for (int x = 0; x < grey.width(); ++x) {
            const int level = dfd::map_base(static_cast<std::uint8_t>(qRed(line[x])),
                                            static_cast<std::uint8_t>(qGreen(line[x])),
                                            static_cast<std::uint8_t>(qBlue(line[x])));
            line[x] = qRgb(level, level, level);
        }
    }
    return grey;
}

QImage contour(const HeatMap& map, float level, const QSize& size) {
    constexpr int kThickness = 3;
    const auto parts = outline_of(map, level, size.width(), size.height(), kThickness);
    if (parts.empty())
        return {};
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    auto part = parts.begin();
    for (int y = 0; y < size.height(); ++y) {
        auto* const line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x, ++part) {
            const auto [grey, alpha] = kOutlineInks[static_cast<std::size_t>(*part)];
            line[x] = qPremultiply(qRgba(grey, grey, grey, alpha));
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

QImage standing_heatmap(const HeatMap& map, MapStanding standing, float scale_max,
                        ColourMap colours, double opacity, const QSize& size) {
    QImage image =
        colour_heatmap(map, scale_max, colours, opacity * opacity_factor(standing), size);
    if (image.isNull())
        return image;
    if (const QImage line = contour(map, outlined_level(map, standing), size); !line.isNull())
        QPainter(&image).drawImage(0, 0, line);
    return image;
}

QString standing_text(MapStanding standing) {
    return QString::fromStdString(standing_sentence(standing));
}

QGradientStops colour_stops(ColourMap colours) {
    constexpr std::size_t kStops = 16;
    const auto& table = colour_table(colours);
    QGradientStops stops;
    for (std::size_t stop = 0; stop <= kStops; ++stop) {
        const auto& colour = table[stop * 255 / kStops];
        stops.append({static_cast<double>(stop) / kStops, QColor(colour[0], colour[1], colour[2])});
    }
    return stops;
}

bool is_complete(const HeatMap& map) {
    return std::ranges::all_of(map.values, looked_at);
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

MapStanding standing_of(const PanelOpinion& opinion, int choice, const MapSupports& supports) {
    if (choice == kMeanMap && !opinion.answers.empty())
        choice = mean_map_of(opinion.leading);
    MapFacts facts;
    facts.assessed = out_of_scope(opinion, question_of_map(opinion, choice)).empty();
    if (const auto found = supports.find(choice); found != supports.end())
        facts.support = found->second;
    return standing_of(selected_map(opinion, choice), facts);
}

}  // namespace dfd::ui
