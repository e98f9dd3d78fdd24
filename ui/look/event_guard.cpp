#include "ui/look/event_guard.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QFocusEvent>
#include <QHeaderView>
#include <QHelpEvent>
#include <QSlider>
#include <QTabBar>
#include <QTimer>
#include <QToolButton>
#include <QToolTip>

#include "ui/look/keyboard.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

bool ignores_wheel(const QWidget& control) {
    const bool needs_focus = qobject_cast<const QComboBox*>(&control) != nullptr ||
                             qobject_cast<const QAbstractSpinBox*>(&control) != nullptr ||
                             qobject_cast<const QSlider*>(&control) != nullptr;
    return qobject_cast<const QTabBar*>(&control) != nullptr ||
           (needs_focus && !control.hasFocus());
}

/// A tip and where it holds; an empty rectangle is the whole widget.
struct Tip {
    QString text;
    QRect place;
};

/// Also of the item or the header's section at this place, for the viewport of a view.
Tip tip_at(const QWidget& widget, const QPoint& place) {
    const auto* const view = qobject_cast<const QAbstractItemView*>(widget.parentWidget());
    if (view == nullptr || view->viewport() != &widget || view->model() == nullptr)
        return {widget.toolTip(), {}};
    if (const auto* const header = qobject_cast<const QHeaderView*>(view)) {
        const int section = header->logicalIndexAt(place);
        if (section < 0)
            return {};
        const int from = header->sectionViewportPosition(section);
        const int size = header->sectionSize(section);
        return {
            view->model()->headerData(section, header->orientation(), Qt::ToolTipRole).toString(),
            header->orientation() == Qt::Horizontal ? QRect(from, 0, size, widget.height())
                                                    : QRect(0, from, widget.width(), size)};
    }
    const QModelIndex index = view->indexAt(place);
    return {index.data(Qt::ToolTipRole).toString(), view->visualRect(index)};
}

bool show_wrapped(QWidget& widget, const QHelpEvent& event) {
    constexpr int kLongLine = 60;  ///< letters
    const auto [tip, place] = tip_at(widget, event.pos());
    if (tip.size() <= kLongLine || Qt::mightBeRichText(tip))
        return false;
    QToolTip::showText(event.globalPos(), tool_tip_text(tip), &widget, place);
    return true;
}

/// The words of a button that shows only an icon, below it.
void show_words(QWidget& widget) {
    auto* const button = qobject_cast<QToolButton*>(&widget);
    if (button == nullptr || button->icon().isNull() ||
        (button->toolButtonStyle() != Qt::ToolButtonIconOnly && !button->text().isEmpty()))
        return;
    // Later, because Qt hides the tip that is shown when the focus moves.
    QTimer::singleShot(0, button, [button] {
        if (button->hasFocus() && !button->toolTip().isEmpty())
            QToolTip::showText(button->mapToGlobal(button->rect().bottomLeft()),
                               tool_tip_text(button->toolTip()), button);
    });
}

}  // namespace

bool EventGuard::eventFilter(QObject* watched, QEvent* event) {
    auto* const widget = qobject_cast<QWidget*>(watched);
    if (widget == nullptr)
        return false;
    if (event->type() == QEvent::ToolTip)
        return show_wrapped(*widget, *static_cast<QHelpEvent*>(event));
    if (event->type() == QEvent::FocusIn && focused_by_keyboard(*static_cast<QFocusEvent*>(event)))
        show_words(*widget);
    if (event->type() != QEvent::Wheel || !ignores_wheel(*widget))
        return false;
    event->ignore();  // so that the parent gets it
    return true;
}

}  // namespace dfd::ui
