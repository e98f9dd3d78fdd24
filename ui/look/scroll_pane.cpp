#include "ui/look/scroll_pane.h"

#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/look/appearance.h"

namespace dfd::ui {

ScrollPane::ScrollPane(QWidget* parent) : QScrollArea(parent) {
    auto* const content = new QWidget(this);
    content->setProperty("pane", true);
    content->setAttribute(Qt::WA_StyledBackground);
    column_ = new QVBoxLayout(content);
    column_->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    column_->setSpacing(kGrid);
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
}

QSize ScrollPane::minimumSizeHint() const {
    return {widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width(),
            QScrollArea::minimumSizeHint().height()};
}

void ScrollPane::scroll_to_top() {
    verticalScrollBar()->setValue(0);
}

void ScrollPane::reveal(QWidget* part) {
    if (part == nullptr || !content()->isAncestorOf(part))
        return;
    QTimer::singleShot(0, part, [this, part] { ensureWidgetVisible(part, 0, 2 * kGrid); });
}

}  // namespace dfd::ui
