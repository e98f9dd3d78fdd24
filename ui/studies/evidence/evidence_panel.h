// Tab: evidence maps of the experts and whether each map passes its deletion test.
#pragma once

#include <optional>
#include <vector>

#include "ui/look/scroll_pane.h"
#include "ui/picture/heatmap_image.h"
#include "ui/studies/evidence/evidence_run.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace dfd::ui {

class DeletionLegend;
class EvidenceRow;

class EvidencePanel : public ScrollPane {
    Q_OBJECT

  public:
    explicit EvidencePanel(QWidget* parent = nullptr);
    /// `obstacle`: why nothing can be explained, as a sentence; empty if it can. `cost`: what a run
    /// takes, shown near the button; may be empty.
    void show_run(const EvidenceRun& run, const std::vector<std::string>& experts,
                  const QString& obstacle, const QString& cost);
    void show_progress(const EvidenceRun& run);

    /// An expert's index or kMeanMap, if it has a map; empty if no row is chosen.
    [[nodiscard]] std::optional<int> chosen() const;
    /// The choice is kept for other pictures and methods; it takes effect once its map is
    /// available.
    void choose(std::optional<int> map);
    [[nodiscard]] Towards towards() const;
    /// The visible rows: the mean first, then the experts.
    [[nodiscard]] std::vector<EvidenceRow*> rows() const;
    [[nodiscard]] QString formula() const;
    [[nodiscard]] QToolButton* details_button() const { return details_; }
    [[nodiscard]] QString state() const;
    [[nodiscard]] QComboBox* method_box() const { return method_; }
    [[nodiscard]] QComboBox* layer_box() const { return layer_; }
    [[nodiscard]] QComboBox* towards_box() const { return towards_; }
    [[nodiscard]] QPushButton* start_button() const { return start_; }
    [[nodiscard]] QPushButton* stop_button() const { return stop_; }

  Q_SIGNALS:
    void start_requested();
    void stop_requested();
    void options_changed(const dfd::ui::EvidenceOptions& options);
    /// Another row, no row, or another side of the map was chosen.
    void view_changed();

  private:
    EvidenceRow* row(std::size_t number);
    /// Checks the wanted row if it has a map.
    void check_rows();
    void show_rows(const EvidenceRun& run, const std::vector<std::string>& experts);
    void show_formula(const EvidenceRun& run);
    void show_details();

    QComboBox* method_;
    QComboBox* layer_;
    QComboBox* towards_;
    QToolButton* details_;  ///< checked: method, layer, formula and the test's rule are shown
    QWidget* computing_;    ///< method and layer
    QLabel* formula_;
    QLabel* state_;
    QProgressBar* busy_;
    QPushButton* start_;
    QPushButton* stop_;
    QLabel* hint_;
    DeletionLegend* legend_;
    QVBoxLayout* row_column_;
    std::vector<EvidenceRow*> rows_;
    std::optional<int> wanted_ = kMeanMap;
    QLabel* meaning_;
    QLabel* rule_;
    bool tested_ = false;
};

}  // namespace dfd::ui
