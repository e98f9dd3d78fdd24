#include "ui/look/dialog_body.h"

#include <QScreen>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/look/appearance.h"

namespace dfd::ui {

DialogBody::DialogBody(int width, QWidget* parent) : QScrollArea(parent), width_(width) {
    auto* const inside = new QWidget(this);
    column_ = new QVBoxLayout(inside);
    column_->setContentsMargins(0, 0, 0, 0);
    setWidget(inside);
    inside->setAutoFillBackground(false);  // the dialog's own ground
    viewport()->setAutoFillBackground(false);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
}

QSize DialogBody::sizeHint() const {
    const int width = std::max(width_, column_->totalMinimumSize().width());
    return {width, column_->hasHeightForWidth() ? column_->totalHeightForWidth(width)
                                                : column_->totalSizeHint().height()};
}

void DialogBody::fit_dialog() {
    QWidget* const dialog = window();
    dialog->resize(dialog->sizeHint().boundedTo(dialog->screen()->availableSize() * 9 / 10));
}

QSize DialogBody::minimumSizeHint() const {
    return QSize(40 * kGrid, 12 * kGrid).boundedTo(sizeHint());
}

}  // namespace dfd::ui
