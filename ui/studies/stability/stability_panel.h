// Tab: how stable the verdict is when the picture is re-shared.
#pragma once

#include <vector>

#include "core/opinion/bands.h"
#include "ui/look/scroll_pane.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace dfd::ui {

class StabilityChart;
class StabilityRun;

class StabilityPanel : public ScrollPane {
    Q_OBJECT

  public:
    explicit StabilityPanel(QWidget* parent = nullptr);
    /// `obstacle`: why nothing can be tried, as a sentence; empty if it can. `cost`: how long all
    /// versions take, shown before any was tried; may be empty.
    void show_run(const StabilityRun& run, const QuestionBands& bands, const QString& obstacle,
                  const QString& cost);
    [[nodiscard]] QString state() const;
    [[nodiscard]] QString interval() const;
    [[nodiscard]] std::vector<StabilityChart*> charts() const;  ///< charts that show something

  Q_SIGNALS:
    void start_requested(const std::vector<std::string>& operations);  ///< empty means all
    void stop_requested();

  private:
    StabilityChart* chart(std::size_t number);

    QLabel* interval_;
    QLabel* story_;
    QLabel* state_;
    QProgressBar* busy_;
    QPushButton* all_;
    QPushButton* stop_;
    std::vector<QPushButton*> presets_;
    QVBoxLayout* chart_column_;
    std::vector<StabilityChart*> charts_;
};

}  // namespace dfd::ui
