// A pane whose content scrolls up and down when it is taller than the room: no frame, no sideways.
#pragma once

#include <QScrollArea>

class QVBoxLayout;

namespace dfd::ui {

class ScrollPane : public QScrollArea {
    Q_OBJECT

  public:
    explicit ScrollPane(QWidget* parent = nullptr);

  protected:
    /// What scrolls; parts that must not be laid out in the column may live in it, too.
    [[nodiscard]] QWidget* content() const { return widget(); }
    [[nodiscard]] QVBoxLayout* column() const { return column_; }

  private:
    QVBoxLayout* column_;
};

}  // namespace dfd::ui
