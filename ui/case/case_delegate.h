// Paints a row of a case: thumbnail with its mark, name, verdict, and what a reviewer must notice.
#pragma once

#include <QStyledItemDelegate>

#include "core/casework/exhibits/exhibits.h"

namespace dfd::ui {

/// Of views on a CaseModel.
class CaseDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;
};

/// The icon that stands for a mark; empty for none.
[[nodiscard]] QString mark_icon(Mark mark);

}  // namespace dfd::ui
