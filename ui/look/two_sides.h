// A dialog of two sides: a picture with its controls at the left, and what is known about it at the
// right.
#pragma once

#include <QSize>
#include <initializer_list>

class QDialog;
class QDialogButtonBox;
class QLabel;
class QVBoxLayout;

namespace dfd::ui {

/// The columns to fill, and the row of buttons, which holds Close.
struct TwoSides {
    QVBoxLayout* head;  ///< above both sides
    QVBoxLayout* left;  ///< grows with the dialog
    QVBoxLayout* right;
    QDialogButtonBox* buttons;
};

/// Lays out an empty dialog. The widths of its sides and its own size are in grid units.
[[nodiscard]] TwoSides lay_out_two_sides(QDialog* dialog, int left, int right, const QSize& size);

/// Long text that wraps and can be copied.
void make_readable(std::initializer_list<QLabel*> labels);

}  // namespace dfd::ui
