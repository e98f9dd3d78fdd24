// Chart of one operation's effect: scores of the panel and its experts (0 to 1) against the amount.
#pragma once

#include <QWidget>

#include "core/engine/studies/stability.h"

namespace dfd::ui {

/// The panel is a line in the colour of its band, experts are thin grey lines, amounts of ordinary
/// re-sharing have a lighter background, and a ring marks where the panel changes sides. Operations
/// without a scale show one row of dots per version. The same data as a table is the tool tip and
/// the description for screen readers.
class StabilityChart : public QWidget {
    Q_OBJECT

  public:
    explicit StabilityChart(QWidget* parent = nullptr);
    /// `operations` are indices in `stability`: one operation with a scale, or any number without.
    void set_curve(const Stability& stability, const std::vector<std::size_t>& operations,
                   const BandThresholds& thresholds);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] const QString& title() const { return title_; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Point {
        double amount = 0;
        double panel = 0;
        std::vector<double> experts;
        bool ordinary = false;
        QString words;
    };
    [[nodiscard]] double x_of(double amount) const;
    [[nodiscard]] QRectF plot() const;
    void paint_curve(QPainter& painter);
    void paint_rows(QPainter& painter);
    void describe();

    QString title_;
    bool ordered_ = true;
    double first_ = 0, last_ = 1;  ///< range of the axis
    std::optional<double> neutral_;
    std::vector<Point> points_;  ///< sorted by amount, including the untouched picture
    std::vector<double> flips_;  ///< amounts where the panel changes sides
    BandThresholds thresholds_;
};

}  // namespace dfd::ui
