// One bar per expert: its score, its leave-one-out effect on the panel, and its weight.
#pragma once

#include <vector>

#include "core/opinion/bands.h"
#include "core/opinion/expert_words.h"
#include "ui/look/row_button.h"

class QButtonGroup;
class QLabel;
class QMenu;
class QToolButton;
class QVBoxLayout;

namespace dfd::ui {

class ExpertWeight;

/// A row: name, bar from the middle (0.5) towards real or fake, score, leave-one-out effect. Faded
/// if the expert is muted or does not count.
class ExpertBar : public RowButton {
    Q_OBJECT

  public:
    explicit ExpertBar(QWidget* parent);
    void show_waiting(const QString& name);
    /// `answer`: the score of the expert's question. Without an assessment, and beyond the expert's
    /// gate, its score stands in the tool tip alone.
    void show_opinion(const ExpertOpinion& expert, const ExpertWords& words, double answer,
                      const BandThresholds& thresholds, bool assessed = true, bool beyond = false);
    /// As shown; empty while there is none, or none that says anything.
    [[nodiscard]] QString figure() const;
    /// Hides the last column.
    void set_narrow(bool narrow);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool name_fits() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    bool known_ = false;
    bool assessed_ = true;
    bool muted_ = false;
    bool beyond_ = false;
    bool narrow_ = false;
    double score_ = 0;
    QString effect_;  ///< the panel's score without it, less the panel's score
    BandThresholds thresholds_;
};

class ExpertBars : public QWidget {
    Q_OBJECT

  public:
    explicit ExpertBars(QWidget* parent = nullptr);
    /// Shows the panel's experts before there is an opinion.
    void show_waiting(const std::vector<std::string>& names);
    void show_opinion(const PanelOpinion& opinion, const QuestionBands& bands = {});
    /// Marks the expert whose heatmap is shown; an invalid index marks none.
    void choose(int expert);
    [[nodiscard]] int bar_count() const { return static_cast<int>(bars_.size()); }
    /// Shows or hides the column with the panel's score without each expert, as its difference.
    /// Weights take its place. Hidden at first; tool tips say it always.
    void show_effects(bool shown);
    [[nodiscard]] bool effects_shown() const;
    /// Shows or hides the mute buttons and weights.
    void set_weighing(bool weighing);
    [[nodiscard]] bool weighing() const;
    /// What a right click on a bar offers; the menu deletes itself.
    [[nodiscard]] QMenu* context_menu(int expert);

  Q_SIGNALS:
    void chosen(int expert);
    /// One weight per expert, in order; at least one is above 0.
    void weights_changed(const std::vector<double>& weights);

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void set_bars(std::size_t count);
    void set_heading(std::size_t bar, const QString& question);
    void report_weights();
    void toggle_mute(std::size_t expert);
    void refresh_columns();

    QVBoxLayout* layout_;
    QButtonGroup* group_;
    QToolButton* weigh_;
    std::vector<ExpertBar*> bars_;
    std::vector<ExpertWeight*> weights_;  ///< beside the bars
    std::vector<QLabel*> headings_;       ///< above the bars: the question, where it changes
    int chosen_ = -1;
    bool effects_ = false;  ///< wanted
};

}  // namespace dfd::ui
