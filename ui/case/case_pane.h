// Left pane while a case is open: its list of exhibits, the filter and the score charts.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/case/case_controller.h"

class QComboBox;
class QLabel;
class QListView;
class QTimer;
class QToolButton;

namespace dfd::ui {

class CaseFilterBar;
class ListForms;
class QuestionChoice;
class ScoreHistogram;
class ScoreScatter;
struct ChartRange;

class CasePane : public QWidget {
    Q_OBJECT

  public:
    /// `controller` is not owned and must live longer.
    explicit CasePane(CaseController& controller, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<ExhibitId> current() const;
    /// In list order.
    [[nodiscard]] ExhibitIds selected() const;
    void make_current(ExhibitId id);
    /// Moves the current row by this many rows.
    void step(int by);
    void set_order(ExhibitOrder order, bool descending);
    [[nodiscard]] ExhibitOrder order() const;
    [[nodiscard]] bool descending() const { return descending_; }
    void set_charts_open(bool open);
    [[nodiscard]] bool charts_open() const;
    /// One line that explains the single-key shortcuts; empty if nothing can be marked.
    void set_help(const QString& help);
    [[nodiscard]] QListView* list() const { return list_; }
    [[nodiscard]] ListForms* forms() const { return forms_; }
    [[nodiscard]] CaseFilterBar* filter_bar() const { return filter_; }
    [[nodiscard]] QuestionChoice* question() const { return question_; }
    [[nodiscard]] ScoreHistogram* histogram() const { return histogram_; }
    [[nodiscard]] ScoreScatter* scatter() const { return scatter_; }
    [[nodiscard]] QString count_text() const;

  Q_SIGNALS:
    void current_changed();
    void selection_changed();

  private:
    void select_row(int row);
    void apply_view();
    void show_summary();
    /// Tells table and charts which question is chosen.
    void show_question();
    /// The filter with the chosen question.
    [[nodiscard]] ExhibitFilter wanted() const;
    void show_points();
    void brush(const ChartRange& range);
    void select_all_shown();
    void list_changed();
    void refresh_direction();
    [[nodiscard]] std::shared_ptr<const ExhibitIds> among() const;

    CaseController& case_;
    QLabel* name_;
    QLabel* counts_;
    QToolButton* charts_button_;
    CaseFilterBar* filter_;
    QuestionChoice* question_;
    QWidget* charts_;
    ScoreHistogram* histogram_;
    ScoreScatter* scatter_;
    QComboBox* order_;
    QToolButton* direction_;
    QListView* list_;
    ListForms* forms_;
    QLabel* shown_;
    QLabel* note_;
    QLabel* help_;
    bool descending_ = false;
    bool select_when_listed_ = false;
    bool new_view_ = false;              ///< a new view was chosen and is being listed
    std::optional<ExhibitId> previous_;  ///< the current exhibit at that time
};

}  // namespace dfd::ui
