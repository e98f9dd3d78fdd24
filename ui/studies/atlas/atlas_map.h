// Picture view with scored windows as a colour map; the active window is framed and labelled.
#pragma once

#include <optional>

#include "core/engine/studies/atlas.h"
#include "core/opinion/bands.h"
#include "ui/picture/picture_view.h"

namespace dfd::ui {

/// Blue at 0, grey at 0.5, orange at 1: the same colours as for verdicts.
[[nodiscard]] QColor score_colour(double score);

/// Zooms and pans like any picture view. The active window is the one under the pointer, else the
/// chosen one. Page Up and Page Down step through the list next to the map.
class AtlasMap : public PictureView {
    Q_OBJECT

  public:
    explicit AtlasMap(QWidget* parent = nullptr);

    /// Null for none. Makes a copy; call it again when windows are added, then `refresh_colours`.
    void set_atlas(const Atlas* atlas, const BandThresholds& thresholds);
    void refresh_colours();
    /// An index in the atlas's windows; -1 for none.
    void choose(int window_number);
    [[nodiscard]] int chosen() const { return chosen_; }
    /// The active window, framed and labelled; -1 for none.
    [[nodiscard]] int active_window() const { return hovered_ >= 0 ? hovered_ : chosen_; }
    /// The window that contains this point of the widget and whose centre is nearest; -1 if none
    /// does.
    [[nodiscard]] int window_at(const QPointF& view) const;

  Q_SIGNALS:
    void window_chosen(int window_number);
    /// `active_window` has changed.
    void active_changed();
    void step_requested(int by);

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    [[nodiscard]] QRectF rect_of(const AtlasPlace& place) const;
    void paint_numbers(QPainter& painter) const;
    void paint_frame(QPainter& painter, const AtlasPlace& place, double width) const;
    void hover(int window_number);

    Atlas atlas_;
    BandThresholds thresholds_;
    int chosen_ = -1;
    int hovered_ = -1;
    std::optional<QPointF> pressed_;
};

/// Legend for the colours of the map.
class AtlasLegend : public QWidget {
    Q_OBJECT

  public:
    explicit AtlasLegend(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dfd::ui
