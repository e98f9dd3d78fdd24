// Base class of buttons that are a painted row or tile: one of several that the user chooses.
#pragma once

#include <QAbstractButton>

namespace dfd::ui {

class RowButton : public QAbstractButton {
    Q_OBJECT

  public:
    /// Whether its name is shown whole; it always is in the tool tip.
    [[nodiscard]] virtual bool name_fits() const { return true; }

  protected:
    RowButton(QWidget* parent, QSizePolicy::Policy horizontally);
    /// Paints the ground when chosen or under the mouse.
    void paint_ground(QPainter& painter) const;
    void paint_ring(QPainter& painter, double width = 2) const;
};

}  // namespace dfd::ui
