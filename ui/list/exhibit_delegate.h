// Paints one row of the examined list: thumbnail, name, state or verdict, score on a small scale.
#pragma once

#include "ui/list/row_painter.h"

namespace dfd::ui {

class ExhibitDelegate : public RowDelegate {
    Q_OBJECT

  public:
    using RowDelegate::RowDelegate;

  protected:
    [[nodiscard]] std::optional<RowContent> content_of(const QModelIndex& index) const override;
};

}  // namespace dfd::ui
