// The picture with zoom and pan, and a heatmap laid over it that never becomes part of it.
#pragma once

#include <QImage>
#include <QPointF>
#include <QSize>
#include <QWidget>

#include "ui/picture/picture_loader.h"

class QTimer;

namespace dfd::ui {

enum class CompareMode {
    Overlay,     ///< the heatmap over the picture
    SideBySide,  ///< the picture left, the picture with its heatmap right, moved together
    Blink,       ///< now with, now without
};

/// Two coordinate spaces: "picture" (pixels of the oriented picture) and "view" (logical pixels of
/// the widget). A zoom of 1 shows one picture pixel on one device pixel.
class PictureView : public QWidget {
    Q_OBJECT

  public:
    explicit PictureView(QWidget* parent = nullptr);

    /// Another picture: shown whole. `preview` stands in until the pixels come; `size` is the
    /// picture's real size, or empty while unknown.
    void show_preview(const QImage& preview, const QSize& size);
    /// Said over the preview while the pixels are not there; empty: that they are being opened.
    void set_preview_note(const QString& note);
    void show_picture(PyramidPtr picture);
    void show_nothing();
    /// Stretched over the whole picture; null for none.
    void set_overlay(const QImage& overlay);
    void set_mode(CompareMode mode);
    [[nodiscard]] CompareMode mode() const { return mode_; }

    void zoom_to_fit();
    void zoom_to_actual_pixels();
    void zoom_by(double factor);
    /// Keeps the picture point under `anchor` (view) where it is.
    void zoom_by(double factor, const QPointF& anchor);
    [[nodiscard]] double zoom() const;
    [[nodiscard]] bool fits() const { return fit_; }
    [[nodiscard]] QSize picture_size() const { return size_; }
    [[nodiscard]] bool has_full_resolution() const { return picture_ != nullptr; }

    [[nodiscard]] QPointF to_picture(const QPointF& view) const;
    [[nodiscard]] QPointF to_view(const QPointF& picture) const;

    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 160}; }
    [[nodiscard]] QSize sizeHint() const override { return {640, 480}; }

  Q_SIGNALS:
    void zoom_changed();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    /// Words on a ground of their own in the upper left corner of a rectangle.
    static void paint_tag(QPainter& painter, const QRectF& pane, const QString& text);

  private:
    [[nodiscard]] QRectF left_pane() const;   ///< where to_view's coordinates are painted
    [[nodiscard]] QRectF right_pane() const;  ///< the second pane; empty unless SideBySide
    [[nodiscard]] double fit_scale() const;
    [[nodiscard]] QPointF into_left_pane(const QPointF& view) const;
    void set_scale(double scale, const QPointF& anchor);
    void pan_by(const QPointF& view_distance);
    void keep_in_sight();
    void refit();
    void paint_pane(QPainter& painter, const QRectF& pane, bool with_overlay) const;
    void refresh_cursor();

    PyramidPtr picture_;
    QImage preview_;
    QString preview_note_;
    QImage overlay_;
    QSize size_;
    CompareMode mode_ = CompareMode::Overlay;
    QTimer* blink_;
    bool blink_on_ = true;
    bool fit_ = true;
    double scale_ = 1;  ///< logical pixels per picture pixel
    QPointF centre_;    ///< picture point in the middle of a pane
    std::optional<QPointF> drag_;
    bool focus_by_keyboard_ = false;
};

}  // namespace dfd::ui
