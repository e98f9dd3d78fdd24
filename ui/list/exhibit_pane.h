// Left pane: the examined list with its filter box and sort order.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/list/exhibit_model.h"
#include "ui/list/exhibit_proxy_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QTimer;
class QToolButton;

namespace dfd::ui {

class ListForms;
class QuestionChoice;

class ExhibitPane : public QWidget {
    Q_OBJECT

  public:
    /// `model` is not owned and must live longer.
    explicit ExhibitPane(ExhibitModel& model, QWidget* parent = nullptr);

    [[nodiscard]] std::optional<ListedId> current() const;
    [[nodiscard]] std::vector<ListedId> selected() const;
    /// In list order.
    [[nodiscard]] std::vector<ListedId> shown() const;
    void make_current(ListedId id);
    /// Row in the sorted and filtered list; -1 if it is not shown.
    [[nodiscard]] int row_of(ListedId id) const;
    void focus_filter();
    /// A note about the panel behind the scores; empty for none.
    void set_note(const QString& note);
    /// What the panel behind the scores asks.
    void set_questions(const std::vector<Question>& questions);
    [[nodiscard]] QuestionChoice* question() const { return question_; }
    [[nodiscard]] OrderBy order_key() const;
    [[nodiscard]] Qt::SortOrder order_direction() const { return direction_; }
    void set_order(OrderBy key, Qt::SortOrder direction);
    [[nodiscard]] QListView* list() const { return list_; }
    [[nodiscard]] ListForms* forms() const { return forms_; }
    [[nodiscard]] QLineEdit* filter_box() const { return filter_; }
    [[nodiscard]] ExhibitProxyModel* order() const { return order_; }

  Q_SIGNALS:
    void current_changed();
    void context_menu_requested(const QPoint& global);
    /// The visible exhibits, top to bottom; emitted when scrolling has settled.
    void visible_changed(const std::vector<ListedId>& ids);

  private:
    void refresh_direction();
    void refresh_count();
    void report_visible();

    ExhibitModel& model_;
    ExhibitProxyModel* order_;
    QLineEdit* filter_;
    QuestionChoice* question_;
    std::vector<Question> questions_;
    QComboBox* key_;
    QToolButton* direction_button_;
    QListView* list_;
    ListForms* forms_;
    QLabel* count_;
    QLabel* note_;
    QTimer* debounce_;
    QTimer* recount_;
    Qt::SortOrder direction_ = Qt::AscendingOrder;
};

}  // namespace dfd::ui
