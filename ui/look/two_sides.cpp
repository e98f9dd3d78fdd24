#include "ui/look/two_sides.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/look/appearance.h"

namespace dfd::ui {

TwoSides lay_out_two_sides(QDialog* dialog, int left, int right, const QSize& size) {
    auto* const sides = new QSplitter(Qt::Horizontal, dialog);
    sides->setChildrenCollapsible(false);
    sides->setHandleWidth(1);
    const auto side = [&](int gap, int spacing) {
        auto* const widget = new QWidget(dialog);
        auto* const column = new QVBoxLayout(widget);
        column->setContentsMargins(gap, 0, 0, 0);
        column->setSpacing(spacing);
        sides->addWidget(widget);
        return column;
    };
    TwoSides made{};
    made.left = side(0, kGrid / 2);
    made.right = side(2 * kGrid, kGrid);
    sides->setStretchFactor(0, 1);
    sides->setSizes({left * kGrid, right * kGrid});
    made.buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    made.buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    QObject::connect(made.buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* const column = new QVBoxLayout(dialog);
    column->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    made.head = new QVBoxLayout;
    made.head->setSpacing(kGrid);
    column->addLayout(made.head);
    column->addWidget(sides, 1);
    column->addWidget(made.buttons);
    dialog->resize(size * kGrid);
    return made;
}

void make_readable(std::initializer_list<QLabel*> labels) {
    for (QLabel* const label : labels) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
}

}  // namespace dfd::ui
