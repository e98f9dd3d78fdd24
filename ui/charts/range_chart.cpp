#include "ui/charts/range_chart.h"

#include <QFocusEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/keyboard.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr double kStep = 0.02;     ///< per press of an arrow key
constexpr double kClick = 3;       ///< pixels: shorter drags count as clicks
constexpr double kFineness = 100;  ///< ranges are rounded to hundredths, as scores are shown

double rounded(double value) {
    return std::round(value * kFineness) / kFineness;
}

/// Moves the range by `by`, or only its upper end, within 0 .. `largest`.
void move_side(std::optional<double>& from, std::optional<double>& to, double by, bool upper_only,
               double largest) {
    const double low = from.value_or(0);
    const double high = to.value_or(largest);
    if (upper_only) {
        to = rounded(std::clamp(high + by, low, largest));
    } else {
        const double step = std::clamp(by, -low, largest - high);
        from = rounded(low + step);
        to = rounded(high + step);
    }
}

/// From where some question's scores look fake.
double lowest_fake(const QuestionBands& bands) {
    std::optional<double> lowest;
    for (const BandThresholds& each : bands.each())
        if (const auto edge = each.fake_edge())
            lowest = std::min(lowest.value_or(1), *edge);
    return lowest.value_or(kVoteThreshold);
}

}  // namespace

RangeChart::RangeChart(bool spreads, QWidget* parent)
    : QWidget(parent),
      spreads_(spreads),
      points_(std::make_shared<const std::vector<ScorePoint>>()) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::CrossCursor);
}

void RangeChart::set_points(PointsPtr points, std::int64_t unassessed) {
    unassessed_ = unassessed;
    points_ = std::move(points);
    invalidate_layout();
    describe();
    update();
}

void RangeChart::set_bands(const QuestionBands& bands) {
    bands_ = bands;
    invalidate_layout();
    update();
}

void RangeChart::set_subject(const QString& subject) {
    subject_ = subject;
    describe();
    update();
}

void RangeChart::set_range(const ChartRange& range) {
    range_ = range;
    describe();
    update();
}

void RangeChart::set_axis_labels(bool shown) {
    axis_labels_ = shown;
    invalidate_layout();
    update();
}

void RangeChart::choose(const ChartRange& range) {
    if (range == range_)
        return;
    set_range(range);
    Q_EMIT range_changed(range_);
}

void RangeChart::describe() {
    QString text = subject_.isEmpty() ? QString() : subject_ + QStringLiteral(". ");
    text += tr("%1 scored pictures.").arg(points_->size());
    if (unassessed_ > 0)
        text += tr(" %1 more without an assessment.").arg(unassessed_);
    if (range_.score_from || range_.score_to)
        text += tr(" Selected scores: %1 to %2.")
                    .arg(score_text(range_.score_from.value_or(0)),
                         score_text(range_.score_to.value_or(1)));
    if (range_.spread_from || range_.spread_to)
        text += tr(" Selected spreads: %1 to %2.")
                    .arg(score_text(range_.spread_from.value_or(0)),
                         score_text(range_.spread_to.value_or(kLargestSpread)));
    setAccessibleDescription(text);
}

// --- geometry

QRectF RangeChart::plot() const {
    const double words = fontMetrics().height() * 0.9;
    return QRectF(rect()).adjusted(1, words + 2, -1, axis_labels_ ? -words - 4 : -1);
}

double RangeChart::x_of(double score) const {
    return plot().left() + score * plot().width();
}

double RangeChart::y_of(double spread) const {
    return plot().bottom() - spread / kLargestSpread * plot().height();
}

QRectF RangeChart::chosen_area() const {
    QRectF area = plot();
    area.setLeft(x_of(range_.score_from.value_or(0)));
    area.setRight(x_of(range_.score_to.value_or(1)));
    if (spreads_) {
        area.setTop(y_of(range_.spread_to.value_or(kLargestSpread)));
        area.setBottom(y_of(range_.spread_from.value_or(0)));
    }
    return area;
}

// --- painting

void RangeChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF area = plot();
    painter.fillRect(area, look().field);
    // Lines at the thresholds between the bands.
    painter.setPen(QPen(look().line, 1));
    for (const double edge : edges_of(bands_)) {
        const double x = std::round(x_of(edge)) + 0.5;
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    paint_points(painter);
    if (!range_.everything()) {
        QColor veil = look().pane;
        veil.setAlphaF(0.72f);
        const QRectF chosen = chosen_area();
        QRegion outside(area.toAlignedRect());
        outside -= chosen.toAlignedRect();
        for (const QRect& part : outside)
            painter.fillRect(part, veil);
        painter.setPen(QPen(look().accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(chosen.adjusted(0, 0.5, 0, -0.5));
    }

    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(look().quiet);
    const QRectF above(area.left(), 0, area.width(), area.top());
    const QRectF below(area.left(), area.bottom() + 2, area.width(), height() - area.bottom() - 2);
    painter.drawText(above, Qt::AlignLeft | Qt::AlignVCenter, corner_text());
    if (axis_labels_) {
        painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter, tr("0 real"));
        painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter, tr("fake 1"));
    }
    if (points_->empty())
        painter.drawText(area, Qt::AlignCenter, tr("No scores"));
    if (hasFocus() && focus_by_keyboard_) {
        painter.setPen(QPen(look().accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void RangeChart::focusInEvent(QFocusEvent* event) {
    focus_by_keyboard_ = focused_by_keyboard(*event);
    QWidget::focusInEvent(event);
}

void RangeChart::resizeEvent(QResizeEvent*) {
    invalidate_layout();
}

void RangeChart::changeEvent(QEvent* event) {
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::PaletteChange)
        invalidate_layout();
    QWidget::changeEvent(event);
}

// --- choosing a range

void RangeChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        drag_ = event->position();
}

void RangeChart::mouseMoveEvent(QMouseEvent* event) {
    if (drag_)
        drag_to(event->position());
}

void RangeChart::mouseReleaseEvent(QMouseEvent* event) {
    if (!drag_ || event->button() != Qt::LeftButton)
        return;
    if ((event->position() - *drag_).manhattanLength() < kClick)
        choose({});
    else
        drag_to(event->position());
    drag_.reset();
    Q_EMIT range_settled();
}

void RangeChart::drag_to(const QPointF& end) {
    const QRectF area = plot();
    const auto score_at = [&area](double x) {
        return rounded(std::clamp((x - area.left()) / area.width(), 0.0, 1.0));
    };
    const auto spread_at = [&area](double y) {
        return rounded(std::clamp((area.bottom() - y) / area.height(), 0.0, 1.0) * kLargestSpread);
    };
    ChartRange range;
    const auto [left, right] = std::minmax({drag_->x(), end.x()});
    range.score_from = score_at(left);
    range.score_to = score_at(right);
    if (spreads_) {
        const auto [top, bottom] = std::minmax({drag_->y(), end.y()});
        range.spread_from = spread_at(bottom);
        range.spread_to = spread_at(top);
    }
    choose(range);
}

void RangeChart::keyPressEvent(QKeyEvent* event) {
    ChartRange range = range_;
    const bool upper = event->modifiers().testFlag(Qt::ShiftModifier);
    const int key = event->key();
    if (key == Qt::Key_Escape || key == Qt::Key_Delete || key == Qt::Key_Backspace) {
        range = {};
    } else if (key == Qt::Key_Left || key == Qt::Key_Right) {
        if (range.everything())
            range = {lowest_fake(bands_), 1, {}, {}};
        else
            move_side(range.score_from, range.score_to, key == Qt::Key_Right ? kStep : -kStep,
                      upper, 1);
    } else if (spreads_ && (key == Qt::Key_Up || key == Qt::Key_Down)) {
        if (!range.spread_from && !range.spread_to)
            range.spread_from = kLargestSpread / 2;
        else
            move_side(range.spread_from, range.spread_to, key == Qt::Key_Up ? kStep : -kStep, upper,
                      kLargestSpread);
    } else {
        QWidget::keyPressEvent(event);
        return;
    }
    choose(range);
    Q_EMIT range_settled();
}

bool RangeChart::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        // The window has its own shortcut for Escape.
        const int key = static_cast<QKeyEvent*>(event)->key();
        if ((key == Qt::Key_Escape || key == Qt::Key_Delete) && !range_.everything()) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

}  // namespace dfd::ui
