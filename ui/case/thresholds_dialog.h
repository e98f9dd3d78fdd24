// Dialog that edits the thresholds between the bands and the name of their profile.
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
    /// The values of the fields.
    [[nodiscard]] ThresholdProfile profile() const;
    void set_profile(const ThresholdProfile& profile);

  Q_SIGNALS:
    /// The user wants to apply this profile.
    void apply_requested(const dfd::ThresholdProfile& profile);

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
