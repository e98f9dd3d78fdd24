// Paints one row of the examined list: thumbnail, name, state or verdict, score on a small scale.
#pragma once

#include <QStyledItemDelegate>

namespace dfd::ui {

class ExhibitDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;
};

}  // namespace dfd::ui
