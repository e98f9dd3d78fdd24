// Shows a picture with zoom and pan, and a heatmap drawn over it without changing the picture.
#pragma once

#include <QImage>
#include <QPointF>
#include <QSize>
#include <QWidget>

#include "ui/picture/picture_loader.h"

class QTimer;

namespace dfd::ui {

enum class CompareMode {
    Overlay,     ///< the heatmap drawn over the picture
    SideBySide,  ///< left the picture, right the same with its heatmap; panned together
    Blink,       ///< alternates between with and without the heatmap
};

/// Two coordinate spaces: "picture" (pixels of the oriented picture) and "view" (logical pixels of
/// the widget). A zoom of 1 shows one picture pixel on one device pixel.
class PictureView : public QWidget {
    Q_OBJECT

  public:
    explicit PictureView(QWidget* parent = nullptr);

    /// Shows another picture, fitted to the view. `preview` is shown until the pixels arrive;
    /// `size` is the picture's real size, or empty if unknown.
    void show_preview(const QImage& preview, const QSize& size);
    /// Text over the preview until the pixels arrive; empty for the default text.
    void set_preview_note(const QString& note);
    void show_picture(PyramidPtr picture);
    void show_nothing();
    /// Stretched over the whole picture, which turns grey under it; a null image removes it.
    /// `note` is written in the lower left corner: what the overlay does not show.
    void set_overlay(const QImage& overlay, const QString& note = {});
    [[nodiscard]] QString overlay_note() const { return overlay_note_; }
    void set_mode(CompareMode mode);
    [[nodiscard]] CompareMode mode() const { return mode_; }

    void zoom_to_fit();
    void zoom_to_actual_pixels();
    void zoom_by(double factor);
    /// Keeps the picture point under `anchor` (view coordinates) in place.
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
    void focusInEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    /// Draws text on a background in the upper left corner of a rectangle, or in the lower left.
    static void paint_label(QPainter& painter, const QRectF& pane, const QString& text,
                            bool below = false);
    /// The frame of a view that has the focus by keyboard.
    void paint_focus(QPainter& painter) const;
    [[nodiscard]] QRectF left_pane() const;   ///< to_view's coordinates refer to this pane
    [[nodiscard]] QRectF right_pane() const;  ///< empty unless SideBySide
    /// Alternates in Blink; else true.
    [[nodiscard]] bool blinked() const { return blink_on_; }

  private:
    [[nodiscard]] double fit_scale() const;
    [[nodiscard]] QPointF into_left_pane(const QPointF& view) const;
    void set_scale(double scale, const QPointF& anchor);
    void pan_by(const QPointF& view_distance);
    void clamp_centre();
    void refit();
    void paint_pane(QPainter& painter, const QRectF& pane, bool with_overlay) const;
    void refresh_cursor();

    PyramidPtr picture_;
    QImage preview_;
    QString preview_note_;
    QImage overlay_;
    QString overlay_note_;
    QSize size_;
    CompareMode mode_ = CompareMode::Overlay;
    QTimer* blink_;
    bool blink_on_ = true;
    bool fit_ = true;
    double scale_ = 1;  ///< logical pixels per picture pixel
    QPointF centre_;    ///< picture point in the centre of a pane
    std::optional<QPointF> drag_;
    bool focus_by_keyboard_ = false;
};

}  // namespace dfd::ui
