// Every picture's score against how much the experts differ about it.
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
    void forget_layout() override;
    void paint_points(QPainter& painter) override;
    [[nodiscard]] QString corner_text() const override;

  private:
    void lay_out(double device_pixel_ratio);

    QImage layer_;  ///< all points, painted once; null when they must be painted anew
};

}  // namespace dfd::ui
