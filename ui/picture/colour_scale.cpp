#include "ui/picture/colour_scale.h"

#include <QPainter>
#include <algorithm>

#include "core/picture/pixels/signed_overlay.h"
#include "ui/look/appearance.h"

namespace dfd::ui {
namespace {

constexpr int kBarWidth = 20 * kGrid;
constexpr int kBarHeight = kGrid;
constexpr int kRowHeight = 3 * kGrid;  ///< of the bar with its ends

QString raw_text(float value) {
    const double shown = static_cast<double>(value);
    if (shown >= 100 && shown < 1e6)
        return QString::number(shown, 'f', 0);
    return shown >= 0.01 && shown < 100 ? QString::number(shown, 'f', 2)
                                        : QString::number(shown, 'g', 2);
}

}  // namespace

ColourScale::ColourScale(QWidget* parent) : QWidget(parent) {
    // Not "Fixed": it would fix the height of one line.
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Scale of the heatmap"));
}

void ColourScale::set_scale(ColourMap colours, float maximum, const QString& meaning) {
    colours_ = colours;
    towards_.reset();
    maximum_ = maximum;
    meaning_ = meaning;
    meaning_changed();
}

void ColourScale::set_signed_scale(float maximum, Towards towards, const QString& meaning) {
    towards_ = towards;
    maximum_ = maximum;
    meaning_ = meaning;
    meaning_changed();
}

void ColourScale::meaning_changed() {
    setAccessibleDescription(range() + QLatin1Char(' ') + meaning_);
    setToolTip(meaning_);
    updateGeometry();
    update();
}

QString ColourScale::range() const {
    const QString figure = raw_text(maximum_), none = QStringLiteral("0");
    if (!towards_)
        return tr("From weak, 0, to strong, %1.").arg(figure);
    return tr("From %1 to %2 logits.")
        .arg(*towards_ != Towards::Fake ? QChar(0x2212) + figure : none,
             *towards_ != Towards::Real ? QLatin1Char('+') + figure : none);
}

QString ColourScale::low_text() const {
    if (!towards_)
        return tr("weak");
    return *towards_ != Towards::Fake ? tr("real") : tr("none", "end of a scale");
}

QString ColourScale::high_text() const {
    if (!towards_)
        return tr("strong");
    return *towards_ != Towards::Real ? tr("fake") : tr("none", "end of a scale");
}

QGradientStops ColourScale::stops() const {
    QGradientStops found;
    if (!towards_) {
        const auto& table = colour_table(colours_);
        for (std::size_t stop = 0; stop <= 16; ++stop) {
            const auto& colour = table[stop * 255 / 16];
            found.append({static_cast<double>(stop) / 16, QColor(colour[0], colour[1], colour[2])});
        }
        return found;
    }
    const auto colour = [](const auto& rgb) { return QColor(rgb[0], rgb[1], rgb[2]); };
    if (*towards_ != Towards::Fake)
        found.append({0, colour(kTowardsRealColour)});
    const double clear = *towards_ == Towards::Both ? 0.5 : *towards_ == Towards::Fake ? 0 : 1;
    found.append({clear, Qt::transparent});
    if (*towards_ != Towards::Real)
        found.append({1, colour(kTowardsFakeColour)});
    return found;
}

QSize ColourScale::sizeHint() const {
    return {kBarWidth + 40 * kGrid, kRowHeight};
}
QSize ColourScale::minimumSizeHint() const {
    return {kBarWidth + 12 * kGrid, kRowHeight};
}

double ColourScale::room_beside(int width) const {
    const QFontMetricsF metrics(text_font(TextSize::Caption));
    return width - kBarWidth - metrics.horizontalAdvance(low_text()) -
           metrics.horizontalAdvance(high_text()) - 4 * kGrid;
}

bool ColourScale::meaning_is_beside(int width) const {
    const QFontMetricsF metrics(text_font(TextSize::Caption));
    return metrics.horizontalAdvance(meaning_) <= room_beside(width);
}

int ColourScale::lines_height(int width) const {
    return QFontMetrics(text_font(TextSize::Caption))
        .boundingRect(QRect(0, 0, width, QWIDGETSIZE_MAX), Qt::TextWordWrap, meaning_)
        .height();
}

int ColourScale::heightForWidth(int width) const {
    if (!(maximum_ > 0))
        return std::max(kRowHeight, lines_height(width));
    return meaning_is_beside(width) ? kRowHeight : kRowHeight + lines_height(width);
}

bool ColourScale::words_fit() const {
    // The gap before its meaning is not needed.
    const bool ends_fit = !(maximum_ > 0) || room_beside(width()) + 2 * kGrid >= 0;
    return ends_fit && heightForWidth(width()) <= height();
}

void ColourScale::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(look().quiet);
    const QRectF all(rect());
    if (!(maximum_ > 0)) {
        painter.drawText(all, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap, meaning_);
        return;
    }
    const bool beside = meaning_is_beside(width());
    const QRectF row(0, 0, all.width(), beside ? all.height() : kRowHeight);
    const QString low = low_text();
    const QString high = high_text();
    const auto draw_end = [&](const QRectF& where, const QString& end) {
        painter.drawText(where, Qt::AlignLeft | Qt::AlignVCenter, end);
    };
    const double low_width = painter.fontMetrics().horizontalAdvance(low);
    const double high_width = painter.fontMetrics().horizontalAdvance(high);
    draw_end(QRectF(0, 0, low_width + 1, row.height()), low);
    const QRectF bar(low_width + kGrid, (row.height() - kBarHeight) / 2, kBarWidth, kBarHeight);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    gradient.setStops(stops());
    if (towards_)
        painter.fillRect(bar, look().field);
    painter.fillRect(bar, gradient);
    if (towards_ == Towards::Both) {
        painter.setPen(QPen(look().quiet, 1));
        painter.drawLine(QPointF(bar.center().x(), bar.top() - 2),
                         QPointF(bar.center().x(), bar.bottom() + 2));
    }
    draw_end(QRectF(bar.right() + kGrid, 0, high_width + 1, row.height()), high);
    if (beside)
        painter.drawText(QRectF(bar.right() + kGrid + high_width + 2 * kGrid, 0,
                                room_beside(width()) + 1, row.height()),
                         Qt::AlignVCenter | Qt::AlignLeft, meaning_);
    else
        painter.drawText(all.adjusted(0, kRowHeight, 0, 0),
                         Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, meaning_);
}

}  // namespace dfd::ui
