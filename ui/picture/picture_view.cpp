#include "ui/picture/picture_view.h"

#include <QFocusEvent>
#include <QGestureEvent>
#include <QKeyEvent>
#include <QNativeGestureEvent>
#include <QPainter>
#include <QPinchGesture>
#include <QTimer>
#include <QWheelEvent>
#include <algorithm>
#include <chrono>
#include <cmath>

#include "ui/look/appearance.h"
#include "ui/look/keyboard.h"
#include "ui/picture/heatmap_image.h"

namespace dfd::ui {
namespace {

constexpr double kLargestZoom = 32;
constexpr double kSmallestZoom = 0.01;
constexpr double kLargestFit = 2;  ///< maximum enlargement of small pictures in fit mode
constexpr double kZoomStep = 1.25;
constexpr std::chrono::milliseconds kBlinkPeriod{700};
constexpr int kMargin = 2 * kGrid;

}  // namespace

PictureView::PictureView(QWidget* parent) : QWidget(parent), blink_(new QTimer(this)) {
    setFocusPolicy(Qt::StrongFocus);
    grabGesture(Qt::PinchGesture);
    setAccessibleName(tr("Picture"));
    blink_->setInterval(kBlinkPeriod);
    connect(blink_, &QTimer::timeout, this, [this] {
        blink_on_ = !blink_on_;
        update();
    });
}

void PictureView::show_preview(const QImage& preview, const QSize& size) {
    picture_.reset();
    preview_ = preview;
    preview_note_.clear();
    overlay_ = {};
    size_ = size.isEmpty() ? preview.size() : size;
    zoom_to_fit();
}

void PictureView::set_preview_note(const QString& note) {
    preview_note_ = note;
    update();
}

void PictureView::show_picture(PyramidPtr picture) {
    const bool same_size = picture->size() == size_;
    picture_ = std::move(picture);
    size_ = picture_->size();
    if (fit_ || !same_size)
        zoom_to_fit();
    refresh_cursor();
    update();
}

void PictureView::show_nothing() {
    picture_.reset();
    preview_ = {};
    overlay_ = {};
    size_ = {};
    zoom_to_fit();
}

void PictureView::set_overlay(const QImage& overlay, const QString& note) {
    overlay_ = overlay;
    overlay_note_ = note;
    update();
}

void PictureView::set_mode(CompareMode mode) {
    mode_ = mode;
    blink_on_ = true;
    if (mode == CompareMode::Blink)
        blink_->start();
    else
        blink_->stop();
    if (fit_)
        refit();
    clamp_centre();
    update();
}

// --- coordinates

QRectF PictureView::left_pane() const {
    QRectF pane(rect());
    if (mode_ == CompareMode::SideBySide)
        pane.setWidth((pane.width() - kGrid) / 2);
    return pane;
}

QRectF PictureView::right_pane() const {
    if (mode_ != CompareMode::SideBySide)
        return {};
    const QRectF left = left_pane();
    return left.translated(left.width() + kGrid, 0);
}

QPointF PictureView::into_left_pane(const QPointF& view) const {
    const QRectF right = right_pane();
    return right.contains(view) ? view - QPointF(right.left(), 0) : view;
}

QPointF PictureView::to_picture(const QPointF& view) const {
    return centre_ + (view - left_pane().center()) / scale_;
}

QPointF PictureView::to_view(const QPointF& picture) const {
    return left_pane().center() + (picture - centre_) * scale_;
}

double PictureView::zoom() const {
    return scale_ * devicePixelRatioF();
}

double PictureView::fit_scale() const {
    if (size_.isEmpty())
        return 1;
    const QSizeF room(left_pane().width() - 2 * kMargin, left_pane().height() - 2 * kMargin);
    const double scale = std::min(room.width() / size_.width(), room.height() / size_.height());
    return std::clamp(scale, kSmallestZoom, kLargestFit);
}

// --- zoom and pan

void PictureView::refit() {
    scale_ = fit_scale();
    centre_ = QPointF(size_.width() / 2.0, size_.height() / 2.0);
}

void PictureView::zoom_to_fit() {
    fit_ = true;
    refit();
    refresh_cursor();
    update();
    Q_EMIT zoom_changed();
}

void PictureView::zoom_to_actual_pixels() {
    set_scale(1 / devicePixelRatioF(), left_pane().center());
}

void PictureView::zoom_by(double factor) {
    set_scale(scale_ * factor, left_pane().center());
}

void PictureView::zoom_by(double factor, const QPointF& anchor) {
    set_scale(scale_ * factor, into_left_pane(anchor));
}

void PictureView::set_scale(double scale, const QPointF& anchor) {
    if (size_.isEmpty())
        return;
    const double ratio = devicePixelRatioF();
    const QPointF kept = to_picture(anchor);
    scale_ = std::clamp(scale, kSmallestZoom / ratio, kLargestZoom / ratio);
    centre_ = kept - (anchor - left_pane().center()) / scale_;
    fit_ = false;
    clamp_centre();
    refresh_cursor();
    update();
    Q_EMIT zoom_changed();
}

void PictureView::pan_by(const QPointF& view_distance) {
    centre_ -= view_distance / scale_;
    clamp_centre();
    update();
}

void PictureView::clamp_centre() {
    const QRectF pane = left_pane();
    const auto bounded = [](double centre, double length, double shown) {
        return shown >= length ? length / 2 : std::clamp(centre, shown / 2, length - shown / 2);
    };
    centre_ = QPointF(bounded(centre_.x(), size_.width(), pane.width() / scale_),
                      bounded(centre_.y(), size_.height(), pane.height() / scale_));
}

void PictureView::refresh_cursor() {
    const bool larger = size_.width() * scale_ > left_pane().width() + 1 ||
                        size_.height() * scale_ > left_pane().height() + 1;
    setCursor(drag_ ? Qt::ClosedHandCursor : larger ? Qt::OpenHandCursor : Qt::ArrowCursor);
}

// --- painting

void PictureView::paint_pane(QPainter& painter, const QRectF& pane, bool with_overlay) const {
    const QPointF shift = pane.topLeft() - left_pane().topLeft();
    const QRectF whole(to_view({0, 0}) + shift, QSizeF(size_) * scale_);
    const QRectF seen = whole.intersected(pane);
    if (seen.isEmpty())
        return;
    painter.save();
    painter.setClipRect(pane);
    const QImage& image = picture_ ? picture_->level_for(zoom()) : preview_;
    // No interpolation when enlarged: a forensic view must not invent pixel values.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !picture_ || zoom() < 2);
    const auto part_of = [&](const QSize& size) {
        const double fx = size.width() / whole.width();
        const double fy = size.height() / whole.height();
        return QRectF((seen.left() - whole.left()) * fx, (seen.top() - whole.top()) * fy,
                      seen.width() * fx, seen.height() * fy);
    };
    const bool covered = with_overlay && !overlay_.isNull();
    if (!image.isNull() && covered) {
        const double ratio = devicePixelRatioF();
        QImage shown((seen.size() * ratio).toSize().expandedTo({1, 1}), QImage::Format_RGB32);
        QPainter scaled(&shown);
        scaled.setRenderHints(painter.renderHints());
        scaled.drawImage(QRectF(shown.rect()), image, part_of(image.size()));
        scaled.end();
        painter.drawImage(seen, map_base(shown));
    } else if (!image.isNull()) {
        painter.drawImage(seen, image, part_of(image.size()));
    }
    if (covered) {
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(seen, overlay_, part_of(overlay_.size()));
    }
    painter.restore();
}

void PictureView::paint_label(QPainter& painter, const QRectF& pane, const QString& text,
                              bool below) {
    painter.setFont(text_font(TextSize::Caption));
    const QRectF words = painter.fontMetrics().boundingRect(text);
    QRectF box(pane.left() + kGrid, pane.top() + kGrid, words.width() + 2 * kGrid,
               words.height() + kGrid / 2.0);
    if (below)
        box.moveBottom(pane.bottom() - kGrid);
    painter.setPen(Qt::NoPen);
    QColor ground = look().pane;
    ground.setAlpha(225);
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(look().text);
    painter.drawText(box, Qt::AlignCenter, text);
}

void PictureView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), look().canvas);
    if (!size_.isEmpty()) {
        if (mode_ == CompareMode::SideBySide) {
            paint_pane(painter, left_pane(), false);
            paint_pane(painter, right_pane(), true);
            paint_label(painter, left_pane(), tr("Picture"));
            paint_label(painter, right_pane(), tr("With heatmap"));
        } else {
            const bool with = mode_ == CompareMode::Overlay || blink_on_;
            paint_pane(painter, left_pane(), with);
            if (mode_ == CompareMode::Blink && !overlay_.isNull())
                paint_label(painter, left_pane(), with ? tr("With heatmap") : tr("Picture"));
        }
        if (!overlay_note_.isEmpty() && (mode_ != CompareMode::Blink || blink_on_))
            paint_label(painter, mode_ == CompareMode::SideBySide ? right_pane() : left_pane(),
                        overlay_note_, true);
        if (!picture_)
            paint_label(painter, mode_ == CompareMode::SideBySide ? right_pane() : left_pane(),
                        preview_note_.isEmpty() ? tr("Opening at full size…") : preview_note_);
    }
    paint_focus(painter);
}

void PictureView::paint_focus(QPainter& painter) const {
    if (!hasFocus() || !focus_by_keyboard_)
        return;
    painter.setPen(QPen(look().accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

// --- events

bool PictureView::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::NativeGesture: {
            auto* const gesture = static_cast<QNativeGestureEvent*>(event);
            if (gesture->gestureType() != Qt::ZoomNativeGesture)
                break;
            zoom_by(1 + gesture->value(), gesture->position());
            return true;
        }
        case QEvent::Gesture: {
            auto* const pinch = static_cast<QPinchGesture*>(
                static_cast<QGestureEvent*>(event)->gesture(Qt::PinchGesture));
            if (pinch == nullptr)
                break;
            if (pinch->changeFlags().testFlag(QPinchGesture::ScaleFactorChanged))
                zoom_by(pinch->scaleFactor(), mapFromGlobal(pinch->centerPoint()));
            pan_by(pinch->centerPoint() - pinch->lastCenterPoint());
            return true;
        }
        default:
            break;
    }
    return QWidget::event(event);
}

void PictureView::focusInEvent(QFocusEvent* event) {
    focus_by_keyboard_ = focused_by_keyboard(*event);
    QWidget::focusInEvent(event);
}

void PictureView::resizeEvent(QResizeEvent*) {
    if (fit_) {
        refit();
        Q_EMIT zoom_changed();
    } else {
        clamp_centre();
    }
    refresh_cursor();
}

void PictureView::wheelEvent(QWheelEvent* event) {
    const double notches = event->angleDelta().y() / 120.0;
    if (notches == 0)
        return;
    zoom_by(std::pow(kZoomStep, notches), event->position());
    event->accept();
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    drag_ = event->position();
    refresh_cursor();
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    if (!drag_)
        return;
    pan_by(event->position() - *drag_);
    drag_ = event->position();
}

void PictureView::mouseReleaseEvent(QMouseEvent*) {
    drag_.reset();
    refresh_cursor();
}

void PictureView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (fit_)
        set_scale(1 / devicePixelRatioF(), into_left_pane(event->position()));
    else
        zoom_to_fit();
}

void PictureView::keyPressEvent(QKeyEvent* event) {
    const double step = 8 * kGrid;
    switch (event->key()) {
        case Qt::Key_Left:
            return pan_by({step, 0});
        case Qt::Key_Right:
            return pan_by({-step, 0});
        case Qt::Key_Up:
            return pan_by({0, step});
        case Qt::Key_Down:
            return pan_by({0, -step});
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom_by(kZoomStep);
        case Qt::Key_Minus:
            return zoom_by(1 / kZoomStep);
        case Qt::Key_0:
            return zoom_to_fit();
        case Qt::Key_1:
            return zoom_to_actual_pixels();
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace dfd::ui
