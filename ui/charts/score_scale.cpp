#include "ui/charts/score_scale.h"

#include <QPainter>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kSide = kGrid;          ///< margin for half a marker on each side
constexpr int kTrackTop = 2 * kGrid;  ///< marker above, ticks below

}  // namespace

ScoreScale::ScoreScale(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Score from 0, real, to 1, fake"));
}

QSize ScoreScale::sizeHint() const {
    return {30 * kGrid, 6 * kGrid};
}

void ScoreScale::set_scores(std::optional<double> panel, std::vector<double> experts,
                            const BandThresholds& thresholds) {
    panel_ = panel;
    experts_ = std::move(experts);
    thresholds_ = thresholds;
    const QString bands = thresholds_text(thresholds_);
    setToolTip(tr("Triangle: the panel's score. Dots: the experts. %1.").arg(bands));
    setAccessibleDescription(
        panel_ ? tr("Panel score %1. %2").arg(score_text(*panel_, thresholds_), bands) : bands);
    update();
}

void ScoreScale::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double left = kSide;
    const double width = rect().width() - 2.0 * kSide;
    const auto x_of = [&](double score) { return left + score * width; };
    const double edges[] = {0, thresholds_.real_edge().value_or(0),
                            thresholds_.fake_edge().value_or(1), 1};
    const QColor colours[] = {look().real, look().undecided, look().fake};

    painter.setPen(Qt::NoPen);
    for (int part = 0; part < 3; ++part) {
        if (edges[part] == edges[part + 1])
            continue;
        const double from = x_of(edges[part]) + (part > 0 ? 1 : 0);
        const double to = x_of(edges[part + 1]) - (part < 2 ? 1 : 0);
        QColor colour = thresholds_.named ? colours[part] : look().quiet;
        colour.setAlphaF(panel_ && static_cast<int>(band_of(*panel_, thresholds_)) == part ? 1.0f
                                                                                           : 0.35f);
        painter.setBrush(colour);
        painter.drawRect(QRectF(from, kTrackTop, to - from, 4));
    }

    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(look().quiet);
    const double tick_top = kTrackTop + 1.5 * kGrid;
    const double tick_height = rect().height() - tick_top;
    painter.drawText(QRectF(0, tick_top, rect().width(), tick_height),
                     Qt::AlignLeft | Qt::AlignVCenter, tr("0 real"));
    painter.drawText(QRectF(0, tick_top, rect().width(), tick_height),
                     Qt::AlignRight | Qt::AlignVCenter, tr("fake 1"));
    const std::vector<double> shown = edges_of(thresholds_);
    const double wide = digits_width(painter.font(), QStringLiteral("0.00"));
    // Of edges that are close to each other each figure stands on its own side.
    const bool close = shown.size() == 2 && x_of(shown[1]) - x_of(shown[0]) < wide + kGrid;
    const double middle = close ? (x_of(shown[0]) + x_of(shown[1])) / 2 : 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const double left_end = !close   ? x_of(shown[i]) - wide / 2
                                : i == 0 ? middle - kGrid / 2.0 - wide
                                         : middle + kGrid / 2.0;
        draw_digits(painter, QRectF(left_end, tick_top, wide, tick_height),
                    QString::number(shown[i], 'f', 2));
    }

    // One dot per expert: shows at a glance whether they agree.
    for (const double score : experts_) {
        painter.setPen(QPen(look().field, 1.5));
        painter.setBrush(look().text);
        painter.drawEllipse(QPointF(x_of(score), kTrackTop + 2), 3.5, 3.5);
    }
    if (panel_) {
        const double x = x_of(*panel_);
        painter.setPen(Qt::NoPen);
        painter.setBrush(band_colour(band_of(*panel_, thresholds_)));
        const QPointF marker[] = {{x - 6, 1}, {x + 6, 1}, {x, kTrackTop - 3.0}};
        painter.drawPolygon(marker, 3);
    }
}

}  // namespace dfd::ui
