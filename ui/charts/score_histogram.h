// Histogram of the pictures' scores.
#pragma once

#include <array>
#include <vector>

#include "ui/charts/range_chart.h"

namespace dfd::ui {

class ScoreHistogram : public RangeChart {
    Q_OBJECT

  public:
    explicit ScoreHistogram(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    /// With the number of pictures that are in no bar.
    [[nodiscard]] QString corner_text() const override;

    static constexpr int kBins = 50;

  protected:
    void invalidate_layout() override;
    void paint_points(QPainter& painter) override;

  private:
    using Bin = std::array<int, 4>;  ///< pictures by word, from real to fake, then without one
    std::vector<Bin> bins_;
    int highest_ = 0;
};

}  // namespace dfd::ui
