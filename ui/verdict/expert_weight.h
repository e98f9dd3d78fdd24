// Weight of one expert: a mute button and a number.
#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QToolButton;

namespace dfd::ui {

class ExpertWeight : public QWidget {
    Q_OBJECT

  public:
    explicit ExpertWeight(QWidget* parent);
    /// `others_unmuted`: whether another expert is unmuted; the last one cannot be muted.
    void show_weight(const QString& expert, double weight, bool others_unmuted);
    /// Like a click on the button; does nothing for the last unmuted expert.
    void toggle_mute();
    [[nodiscard]] bool may_toggle_mute() const;
    [[nodiscard]] double weight() const { return weight_; }

  Q_SIGNALS:
    void changed(double weight);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void change(double weight);
    void fit_value();

    QToolButton* mute_;
    QDoubleSpinBox* value_;
    double weight_ = 1;
    double unmuted_weight_ = 1;  ///< weight restored when unmuting
};

}  // namespace dfd::ui
