// How a list of pictures looks: rows with two lines, a grid of thumbnails, or a table.
#pragma once

#include <QRectF>
#include <QWidget>
#include <optional>

class QListView;
class QActionGroup;
class QPushButton;
class QToolButton;

namespace dfd::ui {

class RowDelegate;

enum class ListForm { Rows, Grid, Table };

/// Columns of the table; those that do not fit into the width are left out, the last ones first.
struct TableColumns {
    QRectF icon, name, score;
    std::optional<QRectF> spread, word, mark, tags;
};
/// `reviewed`: with marks and tags.
[[nodiscard]] TableColumns table_columns(const QRectF& row, bool reviewed = false);

/// The table's head. A click asks for an order.
class TableHead : public QWidget {
    Q_OBJECT

  public:
    TableHead(bool reviewed, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void name_clicked();
    void score_clicked();
    void spread_clicked();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QPushButton* name_;
    QPushButton* score_;
    QPushButton* spread_;
    QPushButton* word_;
    QPushButton* mark_;
    QPushButton* tags_;
    bool reviewed_;
};

/// A button with a menu that chooses the form of a list.
class ListForms : public QWidget {
    Q_OBJECT

  public:
    /// Neither is owned; both must live longer. The head is shown above the list by the caller.
    /// `reviewed`: a table has columns for marks and tags.
    ListForms(QListView* list, RowDelegate* delegate, QWidget* parent, bool reviewed = false);

    [[nodiscard]] TableHead* head() const { return head_; }
    [[nodiscard]] ListForm form() const { return form_; }
    void set_form(ListForm form);

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
};

}  // namespace dfd::ui
