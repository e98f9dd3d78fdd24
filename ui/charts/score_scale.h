// Scale from 0 (real) to 1 (fake): bands with thresholds, the panel's score and every expert's.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/opinion/bands.h"

namespace dfd::ui {

class ScoreScale : public QWidget {
    Q_OBJECT

  public:
    explicit ScoreScale(QWidget* parent = nullptr);
    void set_scores(std::optional<double> panel, std::vector<double> experts,
                    const BandThresholds& thresholds = {});
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::optional<double> panel_;
    std::vector<double> experts_;
    BandThresholds thresholds_;
};

}  // namespace dfd::ui
