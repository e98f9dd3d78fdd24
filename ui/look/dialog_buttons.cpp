#include "ui/look/dialog_buttons.h"

#include <QDialogButtonBox>
#include <QLayout>

namespace dfd::ui {

void order_buttons(QDialogButtonBox& box) {
    box.ensurePolished();  // the style decides how they lie
    QWidget* before = nullptr;
    for (int i = 0; i < box.layout()->count(); ++i) {
        QWidget* const button = box.layout()->itemAt(i)->widget();
        if (button == nullptr)
            continue;
        if (before != nullptr)
            QWidget::setTabOrder(before, button);
        before = button;
    }
}

}  // namespace dfd::ui
