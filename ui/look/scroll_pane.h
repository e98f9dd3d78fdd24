// A frameless pane that scrolls vertically, never horizontally.
#pragma once

#include <QScrollArea>

class QVBoxLayout;

namespace dfd::ui {

class ScrollPane : public QScrollArea {
    Q_OBJECT

  public:
    explicit ScrollPane(QWidget* parent = nullptr);
    void scroll_to_top();
    /// As wide as what is in it needs: it does not scroll sideways.
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Scrolls to a widget inside the pane once pending changes of the layout are done.
    void reveal(QWidget* part);
    [[nodiscard]] QVBoxLayout* column() const { return column_; }

  protected:
    /// The scrolled widget; children outside of the column's layout may be added to it, too.
    [[nodiscard]] QWidget* content() const { return widget(); }

  private:
    QVBoxLayout* column_;
};

}  // namespace dfd::ui
