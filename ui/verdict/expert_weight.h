// How much one expert counts: a mute button and a weight.
#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QToolButton;

namespace dfd::ui {

class ExpertWeight : public QWidget {
    Q_OBJECT

  public:
    explicit ExpertWeight(QWidget* parent);
    /// `others_count`: whether anybody else does; the last one who counts cannot be muted.
    void show_weight(const QString& expert, double weight, bool others_count);
    /// As by the button; nothing happens to the last one who counts.
    void toggle_mute();
    [[nodiscard]] double weight() const { return weight_; }

  Q_SIGNALS:
    void changed(double weight);

  private:
    void change(double weight);

    QToolButton* mute_;
    QDoubleSpinBox* value_;
    double weight_ = 1;
    double before_ = 1;  ///< what unmuting goes back to
};

}  // namespace dfd::ui
