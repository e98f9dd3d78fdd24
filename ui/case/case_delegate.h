// Paints a row of a case: thumbnail with its mark, name, verdict, and badges such as warnings.
#pragma once

#include "core/casework/exhibits/exhibits.h"
#include "ui/list/row_painter.h"

namespace dfd::ui {

/// For views on a CaseModel.
class CaseDelegate : public RowDelegate {
    Q_OBJECT

  public:
    using RowDelegate::RowDelegate;

  protected:
    [[nodiscard]] std::optional<RowContent> content_of(const QModelIndex& index) const override;
};

/// Icon name of a mark; empty for no mark.
[[nodiscard]] QString mark_icon(Mark mark);

}  // namespace dfd::ui
