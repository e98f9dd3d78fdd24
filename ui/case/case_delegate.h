// Paints a row of a case: thumbnail with its mark, name, verdict, and badges such as warnings.
#pragma once

#include <QStyledItemDelegate>

#include "core/casework/exhibits/exhibits.h"

namespace dfd::ui {

/// For views on a CaseModel.
class CaseDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;
};

/// Icon name of a mark; empty for no mark.
[[nodiscard]] QString mark_icon(Mark mark);

}  // namespace dfd::ui
