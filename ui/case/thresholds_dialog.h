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
    /// `questions` are those of the panel whose results are shown; none if it asks one.
    ThresholdsDialog(const std::vector<ThresholdProfile>& profiles, const ThresholdProfile& active,
                     const std::vector<Question>& questions, QWidget* parent = nullptr);
    /// The values of the fields, for every question; or the bands of the profile that was chosen,
    /// as long as nobody changes them.
    [[nodiscard]] ThresholdProfile profile() const;
    void set_profile(const ThresholdProfile& profile);

  Q_SIGNALS:
    /// The user wants to apply this profile.
    void apply_requested(const dfd::ThresholdProfile& profile);

  private:
    [[nodiscard]] BandThresholds fields() const;
    void refresh();

    std::vector<ThresholdProfile> profiles_;
    std::vector<Question> questions_;
    QuestionBands chosen_;
    std::string chosen_name_;
    BandThresholds untouched_;  ///< what the fields show of `chosen_`
    QComboBox* name_;
    QDoubleSpinBox* real_below_;
    QDoubleSpinBox* fake_from_;
    ScoreScale* scale_;
    QLabel* words_;
    QLabel* each_;  ///< the bands of each question, if they differ
    QPushButton* apply_;
};

}  // namespace dfd::ui
