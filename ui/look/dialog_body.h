// What a dialog shows above its buttons.
#pragma once

#include <QScrollArea>

class QVBoxLayout;

namespace dfd::ui {

/// As large as its content where the screen has the room; otherwise it scrolls, with the keyboard,
/// too.
class DialogBody : public QScrollArea {
    Q_OBJECT

  public:
    /// `width`: of wrapped text, in pixels.
    DialogBody(int width, QWidget* parent);
    /// Takes the content; what is added must have `content()` as its parent.
    [[nodiscard]] QVBoxLayout* column() const { return column_; }
    [[nodiscard]] QWidget* content() const { return widget(); }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

    /// Makes the dialog around it as large as its content, if nearly all of the screen has the
    /// room. Qt by itself stops at two thirds of the screen.
    void fit_dialog();

  private:
    int width_;
    QVBoxLayout* column_;
};

}  // namespace dfd::ui
