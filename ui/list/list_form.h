// How a list of pictures looks: rows with two lines, a grid of thumbnails, or a table.
#pragma once

#include <QRectF>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/list/row_content.h"

class QListView;
class QActionGroup;
class QPushButton;
class QToolButton;

namespace dfd::ui {

class RowDelegate;

enum class ListForm { Rows, Grid, Table };

/// Columns of the table; those that do not fit into the width are left out, the last ones first.
struct TableColumns {
    QRectF icon, name;
    std::vector<QRectF> scores;  ///< one for each question where they fit, else one
    std::optional<QRectF> spread, word, mark, tags;
};
struct TableLayout {
    bool reviewed = false;        ///< with marks and tags
    std::size_t questions = 1;    ///< that the panel asks
    bool names_question = false;  ///< of several; rows say which one they answer
    bool operator==(const TableLayout&) const = default;
};
[[nodiscard]] TableColumns table_columns(const QRectF& row, const TableLayout& layout = {});

/// The table's head. A click asks for an order.
class TableHead : public QWidget {
    Q_OBJECT

  public:
    explicit TableHead(QWidget* parent);
    void set_layout(const TableLayout& layout);
    /// One column each; fewer than two: one column of scores.
    void set_questions(const std::vector<RowQuestion>& questions);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void name_clicked();
    void score_clicked();
    void question_clicked(std::size_t question);
    void spread_clicked();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void place();

    QPushButton* name_;
    QPushButton* score_;
    std::vector<QPushButton*> answers_;
    std::vector<RowQuestion> questions_;
    QPushButton* spread_;
    QPushButton* word_;
    QPushButton* mark_;
    QPushButton* tags_;
    TableLayout layout_;
};

/// A button with a menu that chooses the form of a list. Gives the list its delegate.
class ListForms : public QWidget {
    Q_OBJECT

  public:
    /// The list is not owned and must live longer. The head is shown above it by the caller.
    /// `reviewed`: a table has columns for marks and tags.
    ListForms(QListView* list, QWidget* parent, bool reviewed = false);

    [[nodiscard]] TableHead* head() const { return head_; }
    [[nodiscard]] ListForm form() const { return form_; }
    void set_form(ListForm form);
    /// What the panel asks, and which of it somebody chose.
    void set_questions(const std::vector<Question>& questions, std::optional<std::size_t> chosen);

  Q_SIGNALS:
    void form_changed();

  private:
    void show_form();

    QListView* list_;
    RowDelegate* delegate_;
    TableHead* head_;
    QToolButton* button_;
    QActionGroup* choices_;
    ListForm form_ = ListForm::Rows;
    TableLayout layout_;
};

}  // namespace dfd::ui
