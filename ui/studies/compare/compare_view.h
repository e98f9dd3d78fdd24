// Two pictures in one frame: beside each other, blinking, with a slider, or as their difference.
#pragma once

#include "ui/picture/picture_view.h"

namespace dfd::ui {

enum class CompareForm { SideBySide, Blink, Slider, Difference };

/// Zoom and pan are those of both pictures, which have the same size.
class CompareView : public PictureView {
    Q_OBJECT

  public:
    explicit CompareView(QWidget* parent = nullptr);

    /// All of one size; none is null. The names are written over the pictures.
    void show_pair(PyramidPtr first, PyramidPtr second, PyramidPtr difference,
                   const QString& first_name, const QString& second_name);
    void set_form(CompareForm form);
    [[nodiscard]] CompareForm form() const { return form_; }
    /// 0: all of the second picture, 1: all of the first one.
    void set_slider(double share);
    [[nodiscard]] double slider() const { return slider_; }

  Q_SIGNALS:
    void slider_changed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void paint_picture(QPainter& painter, const QRectF& pane, const PicturePyramid& picture) const;
    [[nodiscard]] double slider_x() const;

    PyramidPtr first_, second_, difference_;
    QString first_name_, second_name_;
    CompareForm form_ = CompareForm::SideBySide;
    double slider_ = 0.5;
    bool sliding_ = false;
};

}  // namespace dfd::ui
