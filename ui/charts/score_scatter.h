// Scatter plot of the pictures' scores against the spread of the experts.
#pragma once

#include <QImage>

#include "ui/charts/range_chart.h"

namespace dfd::ui {

class ScoreScatter : public RangeChart {
    Q_OBJECT

  public:
    explicit ScoreScatter(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void invalidate_layout() override;
    void paint_points(QPainter& painter) override;
    [[nodiscard]] QString corner_text() const override;

  private:
    void render_layer(double device_pixel_ratio);

    QImage layer_;  ///< cached rendering of all points; null when it must be repainted
};

}  // namespace dfd::ui
