#include "ui/studies/evidence/evidence_row.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kHead = 3 * kGrid;
constexpr int kChart = 8 * kGrid;
constexpr double kMark = 4;  ///< radius

QPen most_pen() {
    return {look().text, 2};
}
QPen least_pen() {
    QPen pen(look().text, 1.5);
    pen.setDashPattern({3, 2});
    return pen;
}
QColor band_fill() {
    QColor colour = look().faint;
    colour.setAlphaF(look().dark ? 0.75f : 0.5f);
    return colour;
}

/// Horizontal position of point number `removed`, 0 (nothing removed) .. 1. Each share is twice the
/// previous one, so the points are equally spaced (a logarithmic axis).
double x_share_of(std::size_t removed) {
    return static_cast<double>(removed) / static_cast<double>(kRemovedShares.size());
}

/// A mark that shows the verdict without relying on colour.
void paint_mark(QPainter& painter, const QPointF& centre, Support support) {
    const QRectF circle(centre - QPointF(kMark, kMark), QSizeF(2 * kMark, 2 * kMark));
    painter.setPen(QPen(look().text, 1.5));
    painter.setBrush(support == Support::Supported ? QBrush(look().text) : QBrush(Qt::NoBrush));
    painter.drawEllipse(circle);
    if (support == Support::Weak) {
        painter.setBrush(look().text);
        painter.drawChord(circle, 90 * 16, 180 * 16);
    }
}

}  // namespace

QString support_text(Support support) {
    switch (support) {
        case Support::Supported:
            return EvidenceRow::tr("supported");
        case Support::Weak:
            return EvidenceRow::tr("weak");
        case Support::Unsupported:
            break;
    }
    return EvidenceRow::tr("not supported");
}

// --- legend

DeletionLegend::DeletionLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Legend of the charts"));
    const QString meaning =
        tr("Each chart shows the expert's log-odds of a fake, from the whole picture (left) to "
           "half of it removed (right). Thick line: the most important places of the map are "
           "removed first. Dashed line: the least important places are removed first. Grey band: "
           "the range of displaced copies of the map.");
    setAccessibleDescription(meaning);
    setToolTip(tool_tip_text(meaning));
}

QSize DeletionLegend::sizeHint() const {
    return {32 * kGrid, 3 * (fontMetrics().height() + 2)};
}

void DeletionLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(text_font(TextSize::Caption));
    const double line = height() / 3.0;
    const double sample = 4.0 * kGrid;
    const QString words[] = {tr("most important places removed first"), tr("least important first"),
                             tr("five displaced copies of the map")};
    for (int row = 0; row < 3; ++row) {
        const double y = (row + 0.5) * line;
        if (row == 2) {
            painter.fillRect(QRectF(0, y - 4, sample, 8), band_fill());
        } else {
            painter.setPen(row == 0 ? most_pen() : least_pen());
            painter.drawLine(QPointF(0, y), QPointF(sample, y));
        }
        painter.setPen(look().quiet);
        painter.drawText(QRectF(sample + kGrid, row * line, width() - sample - kGrid, line),
                         Qt::AlignLeft | Qt::AlignVCenter, words[row]);
    }
}

// --- a row

EvidenceRow::EvidenceRow(QWidget* parent) : RowButton(parent, QSizePolicy::Expanding) {}

QString EvidenceRow::word() const {
    return test_ ? support_text(test_->verdict) : state_;
}

void EvidenceRow::show_waiting(const QString& name, const QString& state) {
    setText(name);
    state_ = state;
    test_.reset();
    setEnabled(false);
    describe({});
}

void EvidenceRow::show_map(const QString& name, const MapExplanation& map, const QString& state) {
    setText(name);
    state_ = state;
    test_ = map.test;
    setEnabled(true);
    describe(tr("Log-odds of a fake: %1, of which the map explains %2.")
                 .arg(signed_text(map.value), signed_text(map.value - map.rest)));
}

void EvidenceRow::describe(const QString& value) {
    QStringList sentences;
    if (!value.isEmpty())
        sentences.append(value);
    if (test_)
        sentences.append(QString::fromStdString(deletion_sentence(*test_)));
    setAccessibleName(word().isEmpty() ? text() : tr("%1: %2").arg(text(), word()));
    setAccessibleDescription(sentences.join(QLatin1Char(' ')));
    if (isEnabled())
        sentences.append(tr("Click to show its map; click again to show the heatmap."));
    setToolTip(sentences.isEmpty() ? text() : tool_tip_text(sentences.join(QLatin1Char('\n'))));
    updateGeometry();
    update();
}

QSize EvidenceRow::sizeHint() const {
    return {32 * kGrid, test_ ? kHead + kChart + kGrid : kHead};
}

QSize EvidenceRow::minimumSizeHint() const {
    return {16 * kGrid, sizeHint().height()};
}

void EvidenceRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF all(rect());
    paint_ground(painter);
    paint_verdict(painter, QRectF(kGrid, 0, all.width() - 2 * kGrid, kHead));
    if (test_)
        paint_chart(painter, QRectF(kGrid, kHead, all.width() - 2 * kGrid, kChart));
    if (hasFocus())
        paint_ring(painter);
}

void EvidenceRow::paint_verdict(QPainter& painter, const QRectF& line) const {
    painter.setFont(text_font(TextSize::Caption));
    const double words = painter.fontMetrics().horizontalAdvance(word());
    painter.setPen(test_ ? look().text : look().quiet);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, word());
    const double mark = line.right() - words - kGrid - kMark;
    if (test_)
        paint_mark(painter, QPointF(mark, line.center().y()), test_->verdict);
    painter.setFont(text_font(TextSize::Body, isChecked()));
    painter.setPen(isEnabled() ? look().text : look().quiet);
    const QRectF name(line.left(), line.top(), mark - kMark - kGrid - line.left(), line.height());
    painter.drawText(
        name, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text(), Qt::ElideMiddle, static_cast<int>(name.width())));
}

void EvidenceRow::paint_chart(QPainter& painter, const QRectF& all) const {
    painter.setFont(text_font(TextSize::Caption));
    const double figures = digits_width(painter.font(), QStringLiteral("+00.0")) + kGrid / 2.0;
    const double height = painter.fontMetrics().height();
    const QRectF area = all.adjusted(figures, height / 2, -2, -height / 2);
    double low = test_->whole, high = test_->whole;
    const auto widen = [&](const DeletionCurve& curve) {
        const auto [least, most] = std::ranges::minmax(curve);
        low = std::min(low, least);
        high = std::max(high, most);
    };
    widen(test_->most);
    widen(test_->least);
    for (const DeletionCurve& curve : test_->displaced)
        widen(curve);
    // Do not magnify tiny changes: keep a minimum range of the axis.
    const double room = std::max(0.0, kLeastSeparation - (high - low)) / 2;
    low -= room;
    high += room;
    const auto at = [&](std::size_t removed, double value) {
        return QPointF(area.left() + x_share_of(removed) * area.width(),
                       area.bottom() - (value - low) / (high - low) * area.height());
    };
    painter.fillRect(area, look().field);
    if (!test_->displaced.empty()) {
        QPainterPath band(at(0, test_->whole));
        const auto bound = [&](std::size_t share, bool upper) {
            const auto value_at = [&](const DeletionCurve& curve) { return curve[share]; };
            const auto [least, most] = std::ranges::minmax(test_->displaced, {}, value_at);
            return upper ? most[share] : least[share];
        };
        for (std::size_t share = 0; share < kRemovedShares.size(); ++share)
            band.lineTo(at(share + 1, bound(share, true)));
        for (std::size_t share = kRemovedShares.size(); share-- > 0;)
            band.lineTo(at(share + 1, bound(share, false)));
        band.closeSubpath();
        painter.setPen(Qt::NoPen);
        painter.fillPath(band, band_fill());
    }
    if (low < 0 && high > 0) {
        painter.setPen(QPen(look().quiet, 1, Qt::DotLine));
        painter.drawLine(at(0, 0), at(kRemovedShares.size(), 0));
    }
    const auto line = [&](const DeletionCurve& curve) {
        QPainterPath path(at(0, test_->whole));
        for (std::size_t share = 0; share < curve.size(); ++share)
            path.lineTo(at(share + 1, curve[share]));
        return path;
    };
    painter.setBrush(Qt::NoBrush);
    painter.setPen(least_pen());
    painter.drawPath(line(test_->least));
    painter.setPen(most_pen());
    painter.drawPath(line(test_->most));
    painter.setPen(look().quiet);
    const auto label = [&](double value) {
        draw_digits(
            painter,
            QRectF(all.left(), at(0, value).y() - height / 2, figures - kGrid / 2.0, height),
            QString::number(value, 'f', 1).replace(QLatin1Char('-'), QChar(0x2212)));
    };
    label(low);
    label(high);
}

}  // namespace dfd::ui
