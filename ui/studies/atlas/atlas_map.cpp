#include "ui/studies/atlas/atlas_map.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/mixed_colour.h"
#include "ui/look/wording.h"
#include "ui/studies/atlas/atlas_model.h"

namespace dfd::ui {
namespace {

constexpr int kStrongest = 150;  ///< of 255: keeps the picture readable below the colour
constexpr int kFaintest = 60;

}  // namespace

QColor score_colour(double score) {
    const double lean = std::clamp(2 * score - 1, -1.0, 1.0);
    return mixed(look().undecided, lean < 0 ? look().real : look().fake, std::abs(lean));
}

AtlasMap::AtlasMap(QWidget* parent) : PictureView(parent) {
    setMouseTracking(true);
    setAccessibleName(tr("Map of the windows"));
}

void AtlasMap::set_atlas(const Atlas* atlas, const BandThresholds& thresholds) {
    const Atlas now = atlas == nullptr ? Atlas() : *atlas;
    const auto still = [&](int window) {
        const auto at = static_cast<std::size_t>(window);
        return window < 0 ||
               (at < now.windows.size() && now.windows[at].place == atlas_.windows[at].place);
    };
    const bool keep_chosen = still(chosen_), keep_hovered = still(hovered_);
    atlas_ = now;
    thresholds_ = thresholds;
    if (!keep_hovered)
        hover(-1);
    if (!keep_chosen)
        choose(-1);
    update();
}

void AtlasMap::refresh_colours() {
    constexpr float kNone = -1;
    const HeatMap map = atlas_map(atlas_, kNone);
    if (map.values.empty()) {
        set_overlay({});
        return;
    }
    QImage colours(map.columns, map.rows, QImage::Format_ARGB32);
    for (int row = 0; row < map.rows; ++row)
        for (int column = 0; column < map.columns; ++column) {
            const float value =
                map.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(map.columns) +
                           static_cast<std::size_t>(column)];
            QColor colour = Qt::transparent;
            if (value >= 0) {
                const double score = static_cast<double>(value);
                colour = score_colour(score);
                colour.setAlpha(static_cast<int>(kFaintest + (kStrongest - kFaintest) *
                                                                 std::abs(2 * score - 1)));
            }
            colours.setPixelColor(column, row, colour);
        }
    set_overlay(colours);
}

void AtlasMap::choose(int window_number) {
    if (chosen_ == window_number)
        return;
    chosen_ = window_number;
    update();
    Q_EMIT active_changed();
}

void AtlasMap::hover(int window_number) {
    if (hovered_ == window_number)
        return;
    hovered_ = window_number;
    update();
    Q_EMIT active_changed();
}

int AtlasMap::window_at(const QPointF& view) const {
    const QPointF at = to_picture(view);
    int nearest = -1;
    double least = 2;
    for (std::size_t i = 0; i < atlas_.windows.size(); ++i) {
        const AtlasPlace& place = atlas_.windows[i].place;
        // Distance relative to the half side: 0 in the window's centre, 1 at its edge.
        const double away =
            std::max(std::abs(at.x() - place.x - place.width / 2.0) / (place.width / 2.0),
                     std::abs(at.y() - place.y - place.height / 2.0) / (place.height / 2.0));
        if (away <= 1 && away < least) {
            least = away;
            nearest = static_cast<int>(i);
        }
    }
    return nearest;
}

// --- painting

QRectF AtlasMap::rect_of(const AtlasPlace& place) const {
    return {to_view(QPointF(place.x, place.y)),
            to_view(QPointF(place.x + place.width, place.y + place.height))};
}

void AtlasMap::paint_frame(QPainter& painter, const AtlasPlace& place, double width) const {
    painter.setBrush(Qt::NoBrush);
    // White on black: visible on any picture.
    painter.setPen(QPen(Qt::black, width + 2));
    painter.drawRect(rect_of(place));
    painter.setPen(QPen(Qt::white, width));
    painter.drawRect(rect_of(place));
}

void AtlasMap::paint_numbers(QPainter& painter) const {
    painter.setFont(text_font(TextSize::Caption));
    std::vector<QRectF> taken;
    for (std::size_t i = 0; i < atlas_.windows.size(); ++i) {
        const AtlasWindow& window = atlas_.windows[i];
        const QPointF middle = rect_of(window.place).center();
        const QString figure =
            tr("%1 · %2").arg(window_name(atlas_.windows, static_cast<int>(i), true),
                              score_text(window.opinion.score, thresholds_));
        const double width = digits_width(painter.font(), figure) + kGrid;
        const double height = painter.fontMetrics().height();
        const QRectF box(middle.x() - width / 2, middle.y() - height / 2, width, height);
        // Skip labels that would overlap; the active window's label is always shown.
        const QRectF room = box.adjusted(-kGrid / 2.0, -kGrid / 2.0, kGrid / 2.0, kGrid / 2.0);
        if (std::ranges::any_of(taken, [&](const QRectF& other) { return other.intersects(room); }))
            continue;
        taken.push_back(box);
        QColor ground = look().pane;
        ground.setAlpha(190);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(look().text);
        draw_digits(painter, box.adjusted(0, 0, -kGrid / 2.0, 0), figure);
    }
}

void AtlasMap::paintEvent(QPaintEvent* event) {
    PictureView::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const AtlasWindow& window : atlas_.windows)
        if (window.place.face)
            paint_frame(painter, window.place, 1);
    const int shown = active_window();
    if (shown >= 0)
        paint_frame(painter, atlas_.windows[static_cast<std::size_t>(shown)].place, 2);
    paint_numbers(painter);
    if (shown < 0)
        return;
    const AtlasWindow& window = atlas_.windows[static_cast<std::size_t>(shown)];
    const QRectF seen = rect_of(window.place).intersected(QRectF(rect()));
    const double score = window.opinion.score;
    if (!seen.isEmpty())
        paint_label(painter, seen,
                    tr("%1: %2 %3")
                        .arg(window_name(atlas_.windows, shown), score_text(score, thresholds_),
                             band_text(band_of(score, thresholds_))));
}

// --- events

bool AtlasMap::event(QEvent* event) {
    if (event->type() == QEvent::Leave)
        hover(-1);
    return PictureView::event(event);
}

void AtlasMap::mousePressEvent(QMouseEvent* event) {
    pressed_ = event->position();
    PictureView::mousePressEvent(event);
}

void AtlasMap::mouseMoveEvent(QMouseEvent* event) {
    PictureView::mouseMoveEvent(event);
    hover(window_at(event->position()));
}

void AtlasMap::mouseReleaseEvent(QMouseEvent* event) {
    PictureView::mouseReleaseEvent(event);
    // A short movement is a click; a drag pans the picture.
    const bool click = pressed_ && (event->position() - *pressed_).manhattanLength() <
                                       QApplication::startDragDistance();
    pressed_.reset();
    if (!click || event->button() != Qt::LeftButton)
        return;
    if (const int window = window_at(event->position()); window >= 0) {
        choose(window);
        Q_EMIT window_chosen(window);
    }
}

void AtlasMap::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_PageDown || event->key() == Qt::Key_PageUp) {
        hover(-1);
        Q_EMIT step_requested(event->key() == Qt::Key_PageDown ? 1 : -1);
        return;
    }
    PictureView::keyPressEvent(event);
}

// --- legend

AtlasLegend::AtlasLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Colours of the map"));
    setAccessibleDescription(
        tr("Blue at 0 (looks real), grey at 0.5, orange at 1 (looks fake). Where windows overlap, "
           "the mean of their scores."));
    setToolTip(accessibleDescription());
}

QSize AtlasLegend::sizeHint() const {
    return {40 * kGrid, 3 * kGrid};
}

void AtlasLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(look().quiet);
    const QString low = tr("0 real"), high = tr("1 fake");
    const auto advance = [&](const QString& words) {
        return painter.fontMetrics().horizontalAdvance(words);
    };
    const QRectF all(rect());
    painter.drawText(all, Qt::AlignLeft | Qt::AlignVCenter, low);
    const QRectF bar(advance(low) + kGrid, (all.height() - kGrid) / 2.0, 16.0 * kGrid, kGrid);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (const double score : {0.0, 0.25, 0.5, 0.75, 1.0})
        gradient.setColorAt(score, score_colour(score));
    painter.fillRect(bar, gradient);
    painter.drawLine(QPointF(bar.center().x(), bar.top() - 3),
                     QPointF(bar.center().x(), bar.bottom() + 3));
    const QRectF right(bar.right() + kGrid, 0, all.width() - bar.right() - kGrid, all.height());
    painter.drawText(
        right, Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(tr("%1   ·   mean where windows overlap").arg(high),
                                         Qt::ElideRight, static_cast<int>(right.width())));
}

}  // namespace dfd::ui
