#include "ui/studies/stability/stability_chart.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kRow = 3 * kGrid;
constexpr int kCurveHeight = 12 * kGrid;
constexpr double kDot = 3;

QString number_text(double amount) {
    return QString::number(amount, 'g', 3);
}

}  // namespace

StabilityChart::StabilityChart(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StabilityChart::set_curve(const Stability& stability,
                               const std::vector<std::size_t>& operations,
                               const BandThresholds& thresholds) {
    thresholds_ = thresholds;
    points_.clear();
    flips_.clear();
    neutral_.reset();
    const auto add = [&](double amount, const PanelOpinion& opinion, bool ordinary,
                         const QString& words) {
        Point point{amount, opinion.score, {}, ordinary, words};
        for (const ExpertOpinion& expert : opinion.experts)
            if (counted(expert) > 0 && expert.question == opinion.leading)
                point.experts.push_back(expert.score);
        points_.push_back(std::move(point));
    };
    for (const std::size_t index : operations) {
        const StabilityOperation& operation = stability.operations[index];
        ordered_ = operation.ordered;
        title_ = ordered_ ? QString::fromStdString(say(operation.title)) : tr("Shared again");
        if (ordered_ && !operation.unit.empty())
            title_ += tr(" (%1)").arg(QString::fromStdString(say(operation.unit)).trimmed());
        if (ordered_) {
            first_ = *operation.variants.front().amount;
            last_ = *operation.variants.back().amount;
            if (operation.neutral) {
                neutral_ = operation.neutral;
                first_ = std::min(first_, *neutral_);
                last_ = std::max(last_, *neutral_);
                add(*neutral_, stability.untouched, true, tr("unaltered"));
            }
        }
        for (const StabilityPoint& point : stability.points) {
            if (point.operation != index)
                continue;
            if (std::isnan(point.opinion.score))
                continue;  // no expert that counts has an opinion on this version
            const StabilityVariant& variant = stability.variant_of(point);
            add(variant.amount.value_or(0), point.opinion, variant.ordinary,
                QString::fromStdString(operation.words(variant.amount)));
        }
        for (const FlipPoint& flip : firmness_of(stability).flips)
            if (flip.panel && flip.at && flip.operation == operation.name)
                flips_.push_back(*flip.at);
    }
    if (ordered_)
        std::ranges::stable_sort(points_, {}, &Point::amount);
    describe();
    updateGeometry();
    update();
}

void StabilityChart::describe() {
    QStringList lines;
    for (const Point& point : points_)
        lines.append(tr("%1: %2, %3")
                         .arg(point.words, score_text(point.panel, thresholds_),
                              band_text(band_of(point.panel, thresholds_))));
    for (const double flip : flips_)
        lines.append(tr("The verdict of the panel flips at %1.").arg(number_text(flip)));
    setAccessibleName(title_);
    setAccessibleDescription(lines.join(QStringLiteral("; ")));
    setToolTip(tool_tip_text(lines.join(QLatin1Char('\n'))));
}

QSize StabilityChart::sizeHint() const {
    const int words = fontMetrics().height() + kGrid / 2;
    return {28 * kGrid, ordered_ ? words * 2 + kCurveHeight
                                 : words + kRow * static_cast<int>(points_.size()) + kGrid};
}

QSize StabilityChart::minimumSizeHint() const {
    return {16 * kGrid, sizeHint().height()};
}

QRectF StabilityChart::plot() const {
    const double words = fontMetrics().height() + kGrid / 2.0;
    const double figures = fontMetrics().horizontalAdvance(QStringLiteral("0.00")) + kGrid / 2.0;
    return QRectF(rect()).adjusted(figures, words, -kDot - 1, ordered_ ? -words : -1);
}

double StabilityChart::x_of(double amount) const {
    const QRectF area = plot();
    return last_ > first_ ? area.left() + (amount - first_) / (last_ - first_) * area.width()
                          : area.center().x();
}

void StabilityChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(text_font(TextSize::Caption, true));
    painter.setPen(look().text);
    painter.drawText(QRectF(0, 0, width(), fontMetrics().height()), Qt::AlignLeft, title_);
    painter.setFont(text_font(TextSize::Caption));
    if (ordered_)
        paint_curve(painter);
    else
        paint_rows(painter);
    if (hasFocus()) {
        painter.setPen(QPen(look().accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void StabilityChart::paint_curve(QPainter& painter) {
    const QRectF area = plot();
    const auto y_of = [&](double score) { return area.bottom() - score * area.height(); };
    painter.fillRect(area, look().field);
    // Range of ordinary re-sharing: from its first to its last amount, including the untouched
    // picture.
    double from = last_, to = first_;
    for (const Point& point : points_)
        if (point.ordinary) {
            from = std::min(from, point.amount);
            to = std::max(to, point.amount);
        }
    if (!neutral_)
        to = last_;  // for qualities, values above the highest are ordinary, too
    if (from < to)
        painter.fillRect(QRectF(x_of(from), area.top(), x_of(to) - x_of(from), area.height()),
                         look().hover);
    painter.setPen(QPen(look().line, 1));
    for (const double edge : edges_of(thresholds_))
        painter.drawLine(QPointF(area.left(), y_of(edge)), QPointF(area.right(), y_of(edge)));
    painter.setPen(QPen(look().quiet, 1, Qt::DashLine));
    painter.drawLine(QPointF(area.left(), y_of(kVoteThreshold)),
                     QPointF(area.right(), y_of(kVoteThreshold)));
    painter.setPen(look().quiet);
    const double height = fontMetrics().height();
    for (const double score : {0.0, 0.5, 1.0})
        draw_digits(painter, QRectF(0, y_of(score) - height / 2, area.left() - kGrid / 2.0, height),
                    score_text(score));
    const QRectF below(area.left(), area.bottom() + kGrid / 2.0, area.width(), height);
    painter.drawText(below, Qt::AlignLeft, number_text(first_));
    painter.drawText(below, Qt::AlignRight, number_text(last_));

    const auto line = [&](const auto& score) {
        QPainterPath path;
        for (std::size_t i = 0; i < points_.size(); ++i) {
            const QPointF at(x_of(points_[i].amount), y_of(score(points_[i])));
            i == 0 ? path.moveTo(at) : path.lineTo(at);
        }
        return path;
    };
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look().faint, 1));
    const std::size_t experts = points_.empty() ? 0 : points_.front().experts.size();
    for (std::size_t expert = 0; expert < experts; ++expert)
        painter.drawPath(line([&](const Point& point) { return point.experts[expert]; }));
    painter.setPen(QPen(look().text, 2));
    painter.drawPath(line([](const Point& point) { return point.panel; }));
    painter.setPen(Qt::NoPen);
    for (const Point& point : points_) {
        painter.setBrush(band_colour(band_of(point.panel, thresholds_)));
        painter.drawEllipse(QPointF(x_of(point.amount), y_of(point.panel)), kDot, kDot);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look().text, 1.5));
    for (const double flip : flips_)
        painter.drawEllipse(QPointF(x_of(flip), y_of(kVoteThreshold)), 2 * kDot, 2 * kDot);
}

void StabilityChart::paint_rows(QPainter& painter) {
    const double words = std::min(0.5 * width(), 18.0 * kGrid);
    const double figures = fontMetrics().horizontalAdvance(QStringLiteral("0.00")) + kGrid;
    const double left = words + kGrid, right = width() - figures - kDot;
    const auto score_x = [&](double score) { return left + score * (right - left); };
    double top = fontMetrics().height() + kGrid / 2.0;
    for (const Point& point : points_) {
        const QRectF row(0, top, width(), kRow);
        const double y = row.center().y();
        painter.setPen(look().text);
        painter.drawText(
            QRectF(0, top, words, kRow), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(point.words, Qt::ElideRight, static_cast<int>(words)));
        painter.setPen(QPen(look().line, 1));
        painter.drawLine(QPointF(left, y), QPointF(right, y));
        painter.drawLine(QPointF(score_x(kVoteThreshold), y - 4),
                         QPointF(score_x(kVoteThreshold), y + 4));
        painter.setPen(QPen(look().quiet, 1));
        for (const double expert : point.experts)
            painter.drawLine(QPointF(score_x(expert), y - 3), QPointF(score_x(expert), y + 3));
        painter.setPen(Qt::NoPen);
        painter.setBrush(band_colour(band_of(point.panel, thresholds_)));
        painter.drawEllipse(QPointF(score_x(point.panel), y), 1.5 * kDot, 1.5 * kDot);
        painter.setPen(look().text);
        draw_digits(painter, QRectF(right + kDot, top, width() - right - kDot, kRow),
                    score_text(point.panel, thresholds_));
        top += kRow;
    }
}

}  // namespace dfd::ui
