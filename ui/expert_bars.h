// One bar per expert: its score, and what the panel would say without it.
#pragma once

#include <QAbstractButton>
#include <vector>

#include "core/panel/opinion.h"

class QButtonGroup;
class QVBoxLayout;

namespace dfd::ui {

/// A row: name, bar from the middle (0.5) towards real or fake, score, leave-one-out effect.
class ExpertBar : public QAbstractButton {
    Q_OBJECT

  public:
    explicit ExpertBar(QWidget* parent);
    void show_waiting(const QString& name);
    void show_opinion(const ExpertOpinion& expert, double panel_score,
                      const BandThresholds& thresholds);
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool known_ = false;
    double score_ = 0;
    double effect_ = 0;
    BandThresholds thresholds_;
};

class ExpertBars : public QWidget {
    Q_OBJECT

  public:
    explicit ExpertBars(QWidget* parent = nullptr);
    /// The panel's experts before there is an opinion.
    void show_waiting(const std::vector<std::string>& names);
    void show_opinion(const PanelOpinion& opinion, const BandThresholds& thresholds = {});
    /// Marks the expert whose heatmap is shown; any other number marks none.
    void choose(int expert);
    [[nodiscard]] int bar_count() const { return static_cast<int>(bars_.size()); }

  Q_SIGNALS:
    void chosen(int expert);

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void set_bars(std::size_t count);

    QVBoxLayout* layout_;
    QButtonGroup* group_;
    std::vector<ExpertBar*> bars_;
    int chosen_ = -1;
};

}  // namespace dfd::ui
