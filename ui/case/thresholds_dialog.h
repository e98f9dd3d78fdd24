// The thresholds between the bands, under a name: changed, and every exhibit is banded anew at
// once.
#pragma once

#include <QDialog>
#include <vector>

#include "core/casework/exhibits/review.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace dfd::ui {

class ScoreScale;

class ThresholdsDialog : public QDialog {
    Q_OBJECT

  public:
    ThresholdsDialog(const std::vector<ThresholdProfile>& profiles, const ThresholdProfile& active,
                     QWidget* parent = nullptr);
    /// As the fields say.
    [[nodiscard]] ThresholdProfile profile() const;
    void set_profile(const ThresholdProfile& profile);

  Q_SIGNALS:
    /// To be put in force.
    void wanted(const dfd::ThresholdProfile& profile);

  private:
    void refresh();

    std::vector<ThresholdProfile> profiles_;
    QComboBox* name_;
    QDoubleSpinBox* real_below_;
    QDoubleSpinBox* fake_from_;
    ScoreScale* scale_;
    QLabel* words_;
    QPushButton* apply_;
};

}  // namespace dfd::ui
