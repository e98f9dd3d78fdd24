// A line of text that ends in an ellipsis where there is no room, and is whole in its tool tip.
#pragma once

#include <QLabel>

#include "ui/look/appearance.h"

namespace dfd::ui {

class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ElidedLabel(QWidget* parent, TextSize size, bool quiet = false);
    /// Whether a part of the text is missing on the screen.
    [[nodiscard]] bool is_elided() const;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dfd::ui
