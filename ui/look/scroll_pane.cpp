#include "ui/look/scroll_pane.h"

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

}  // namespace dfd::ui
