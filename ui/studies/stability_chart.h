// One operation's curve: the panel and its experts, from 0 to 1, over the amount.
#pragma once

#include <QWidget>

#include "core/engine/studies/stability.h"

namespace dfd::ui {

/// A line for the panel in the colour of its band, thin grey ones for the experts, the amounts of
/// ordinary re-sharing on a lighter ground, a ring where the panel changes sides. An operation
/// without a scale shows a row of dots a version. A table of the same is its description for screen
/// readers and its tool tip.
class StabilityChart : public QWidget {
    Q_OBJECT

  public:
    explicit StabilityChart(QWidget* parent = nullptr);
    /// `operations` of `stability`: one with a scale, or any number without.
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
    double first_ = 0, last_ = 1;  ///< of the axis
    std::optional<double> neutral_;
    std::vector<Point> points_;  ///< amounts rise; the untouched picture among them
    std::vector<double> flips_;  ///< amounts at which the panel changes sides
    BandThresholds thresholds_;
};

}  // namespace dfd::ui
