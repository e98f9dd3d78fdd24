// Paints the rows of picture lists (thumbnail, name, verdict): the one delegate of every list.
#pragma once

#include <QStyledItemDelegate>

#include "ui/list/list_form.h"

namespace dfd::ui {

/// For views on models with the roles of RowRole.
class RowDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;
    void set_form(ListForm form) { form_ = form; }
    void set_layout(const TableLayout& layout) { layout_ = layout; }

  private:
    ListForm form_ = ListForm::Rows;
    TableLayout layout_;
};

}  // namespace dfd::ui
