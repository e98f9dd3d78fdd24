#include "ui/studies/compare/compare_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/look/appearance.h"

namespace dfd::ui {
namespace {

constexpr double kGripReach = 1.5 * kGrid;
constexpr double kSliderStep = 0.05;

}  // namespace

CompareView::CompareView(QWidget* parent) : PictureView(parent) {
    setAccessibleName(tr("The two pictures"));
    setMouseTracking(true);
    set_form(form_);
}

void CompareView::show_pair(PyramidPtr first, PyramidPtr second, PyramidPtr difference,
                            const QString& first_name, const QString& second_name) {
    first_ = std::move(first);
    second_ = std::move(second);
    difference_ = std::move(difference);
    first_name_ = first_name;
    second_name_ = second_name;
    show_picture(first_);
}

void CompareView::set_form(CompareForm form) {
    form_ = form;
    set_mode(form == CompareForm::SideBySide ? CompareMode::SideBySide
             : form == CompareForm::Blink    ? CompareMode::Blink
                                             : CompareMode::Overlay);
    setAccessibleDescription(
        form == CompareForm::Slider
            ? tr("Left and right of the slider are the first and the second picture. Shift with "
                 "the left and right arrows moves it.")
            : tr("The arrows move both pictures, plus and minus zoom."));
    unsetCursor();
}

void CompareView::set_slider(double share) {
    slider_ = std::clamp(share, 0.0, 1.0);
    update();
    Q_EMIT slider_changed();
}

double CompareView::slider_x() const {
    return slider_ * width();
}

void CompareView::paint_picture(QPainter& painter, const QRectF& pane,
                                const PicturePyramid& picture) const {
    const QPointF shift = pane.topLeft() - left_pane().topLeft();
    const QSize size = picture_size();
    const QRectF whole(to_view({0, 0}) + shift,
                       to_view(QPointF(size.width(), size.height())) + shift);
    const QRectF seen = whole.intersected(pane);
    if (seen.isEmpty())
        return;
    const QImage& image = picture.level_for(zoom());
    const double fx = image.width() / whole.width(), fy = image.height() / whole.height();
    painter.save();
    painter.setClipRect(pane, Qt::IntersectClip);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, zoom() < 2);
    painter.drawImage(seen, image,
                      QRectF((seen.left() - whole.left()) * fx, (seen.top() - whole.top()) * fy,
                             seen.width() * fx, seen.height() * fy));
    painter.restore();
}

void CompareView::paintEvent(QPaintEvent* event) {
    if (first_ == nullptr) {
        PictureView::paintEvent(event);
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), look().canvas);
    const QRectF all(rect());
    switch (form_) {
        case CompareForm::SideBySide:
            paint_picture(painter, left_pane(), *first_);
            paint_picture(painter, right_pane(), *second_);
            paint_label(painter, left_pane(), first_name_);
            paint_label(painter, right_pane(), second_name_);
            break;
        case CompareForm::Blink:
            paint_picture(painter, all, blinked() ? *first_ : *second_);
            paint_label(painter, all, blinked() ? first_name_ : second_name_);
            break;
        case CompareForm::Slider: {
            const QRectF left(0, 0, slider_x(), height());
            const QRectF right(slider_x(), 0, width() - slider_x(), height());
            painter.save();
            painter.setClipRect(left);
            paint_picture(painter, all, *first_);
            paint_label(painter, all, first_name_);
            painter.setClipRect(right);
            paint_picture(painter, all, *second_);
            paint_label(painter, all, second_name_, true);
            painter.restore();
            // White on black: visible on any picture.
            const QPointF top(slider_x(), 0), bottom(slider_x(), height());
            painter.setPen(QPen(Qt::black, 3));
            painter.drawLine(top, bottom);
            painter.setPen(QPen(Qt::white, 1));
            painter.drawLine(top, bottom);
            painter.setPen(QPen(Qt::black, 1));
            painter.setBrush(Qt::white);
            painter.drawEllipse(QPointF(slider_x(), height() / 2.0), kGrid, kGrid);
            break;
        }
        case CompareForm::Difference:
            paint_picture(painter, all, *difference_);
            paint_label(painter, all, tr("Difference, four times as bright"));
            break;
    }
    paint_focus(painter);
}

void CompareView::mousePressEvent(QMouseEvent* event) {
    sliding_ = form_ == CompareForm::Slider && event->button() == Qt::LeftButton &&
               std::abs(event->position().x() - slider_x()) <= kGripReach;
    if (!sliding_)
        PictureView::mousePressEvent(event);
}

void CompareView::mouseMoveEvent(QMouseEvent* event) {
    if (sliding_) {
        set_slider(event->position().x() / std::max(1, width()));
        return;
    }
    PictureView::mouseMoveEvent(event);
    if (form_ == CompareForm::Slider && event->buttons() == Qt::NoButton) {
        if (std::abs(event->position().x() - slider_x()) <= kGripReach)
            setCursor(Qt::SplitHCursor);
        else
            unsetCursor();
    }
}

void CompareView::mouseReleaseEvent(QMouseEvent* event) {
    if (!std::exchange(sliding_, false))
        PictureView::mouseReleaseEvent(event);
}

void CompareView::keyPressEvent(QKeyEvent* event) {
    const bool arrow = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
    if (form_ == CompareForm::Slider && arrow && event->modifiers().testFlag(Qt::ShiftModifier)) {
        set_slider(slider_ + (event->key() == Qt::Key_Left ? -kSliderStep : kSliderStep));
        return;
    }
    PictureView::keyPressEvent(event);
}

}  // namespace dfd::ui
