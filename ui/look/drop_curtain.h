// Says, over the whole window, that what is being dragged can be dropped.
#pragma once

#include <QWidget>

namespace dfd::ui {

/// Covers its parent and lets every event through to it.
class DropCurtain : public QWidget {
    Q_OBJECT

  public:
    explicit DropCurtain(QWidget* parent);
    void raise_over_parent();

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace dfd::ui
