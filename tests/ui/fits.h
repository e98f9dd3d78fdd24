// What a person cannot read or a screen reader cannot name in a window.
#pragma once

#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSet>
#include <QTabBar>
#include <QTest>
#include <QToolButton>

#include "ui/look/elided_label.h"
#include "ui/look/row_button.h"
#include "ui/picture/colour_scale.h"

namespace dfd::test {

/// What a screen reader says, by the widget itself or by a label. A box that only says its current
/// text has no name.
inline QString spoken_name(QWidget* widget) {
    QAccessibleInterface* const found = QAccessible::queryAccessibleInterface(widget);
    if (found == nullptr)
        return {};
    for (const auto& [other, kind] : found->relations(QAccessible::Label))
        if (kind.testFlag(QAccessible::Label))
            return other->text(QAccessible::Name);
    const QString name = found->text(QAccessible::Name);
    const auto* const box = qobject_cast<QComboBox*>(widget);
    return box != nullptr && name == box->currentText() ? QString() : name;
}

/// What a person works with, without parts of other controls such as the field of a box.
inline QList<QWidget*> visible_controls(QWidget& window) {
    QList<QWidget*> controls;
    for (QWidget* const widget : window.findChildren<QWidget*>()) {
        const bool control = qobject_cast<QAbstractButton*>(widget) != nullptr ||
                             qobject_cast<QLineEdit*>(widget) != nullptr ||
                             qobject_cast<QComboBox*>(widget) != nullptr ||
                             qobject_cast<QAbstractSpinBox*>(widget) != nullptr ||
                             qobject_cast<QAbstractItemView*>(widget) != nullptr ||
                             qobject_cast<QPlainTextEdit*>(widget) != nullptr ||
                             (qobject_cast<QAbstractSlider*>(widget) != nullptr &&
                              qobject_cast<QScrollBar*>(widget) == nullptr);
        bool part = false;
        for (QWidget* above = widget->parentWidget(); above != nullptr && !part;
             above = above->parentWidget())
            part = qobject_cast<QComboBox*>(above) != nullptr ||
                   qobject_cast<QAbstractSpinBox*>(above) != nullptr ||
                   qobject_cast<QLineEdit*>(above) != nullptr ||
                   qobject_cast<QAbstractItemView*>(above) != nullptr;
        if (control && !part && widget->isVisible() && widget->window() == window.window())
            controls.append(widget);
    }
    return controls;
}

inline QString described(const QWidget* control) {
    const auto* const button = qobject_cast<const QAbstractButton*>(control);
    return QStringList{QLatin1String(control->metaObject()->className()), control->objectName(),
                       control->accessibleName(), button != nullptr ? button->text() : QString()}
        .join(QLatin1Char(' '));
}

/// Visible controls without a name.
inline QStringList nameless_controls(QWidget& window) {
    QStringList nameless;
    for (QWidget* const control : visible_controls(window))
        if (spoken_name(control).trimmed().isEmpty())
            nameless.append(described(control));
    return nameless;
}

/// Controls that can be used, but that neither Tab nor the arrow keys of a group reach.
inline QStringList unreachable_controls(QWidget& window) {
    QApplication::setActiveWindow(window.window());
    QSet<QWidget*> reached;
    for (int steps = 0; steps < 400; ++steps) {
        QWidget* const now = window.focusWidget();
        // All of a group are reached from one.
        if (const auto* const button = qobject_cast<QAbstractButton*>(now);
            button != nullptr && button->group() != nullptr)
            for (QAbstractButton* const each : button->group()->buttons())
                reached.insert(each);
        if (now != nullptr)
            reached.insert(now);
        QTest::keyClick(now != nullptr ? now : &window, Qt::Key_Tab);
    }
    QStringList unreachable;
    for (QWidget* const control : visible_controls(window))
        if (control->isEnabled() && !reached.contains(control) &&
            !reached.contains(control->focusProxy()))
            unreachable.append(described(control));
    return unreachable;
}

/// Tabs, figures of spin boxes, heads of columns, painted names and the words of a scale that need
/// more room than they have.
inline QStringList cut_parts(QWidget& window) {
    QStringList cut;
    for (const QTabBar* const bar : window.findChildren<QTabBar*>()) {
        if (!bar->isVisible())
            continue;
        for (int tab = 0; tab < bar->count(); ++tab)
            if (bar->isTabVisible(tab) && !bar->rect().contains(bar->tabRect(tab)))
                cut.append(bar->tabText(tab));
        for (const QToolButton* const arrow : bar->findChildren<QToolButton*>())
            if (arrow->isVisible() && arrow->arrowType() != Qt::NoArrow)
                cut.append(QStringLiteral("tabs that scroll, at ") +
                           bar->tabText(bar->currentIndex()));
    }
    constexpr int kMargins = 18;  // of a field
    for (const QDoubleSpinBox* const box : window.findChildren<QDoubleSpinBox*>()) {
        const QString widest = box->prefix() + box->textFromValue(box->maximum()) + box->suffix();
        if (box->isVisible() &&
            box->fontMetrics().horizontalAdvance(widest) + kMargins > box->width())
            cut.append(widest);
    }
    for (const QHeaderView* const head : window.findChildren<QHeaderView*>()) {
        if (!head->isVisible() || head->model() == nullptr)
            continue;
        const bool across = head->orientation() == Qt::Horizontal;
        for (int section = 0; section < head->count(); ++section) {
            const QString words =
                head->model()->headerData(section, head->orientation(), Qt::DisplayRole).toString();
            const int room = across ? head->sectionSize(section) : head->width();
            const QString tip =
                head->model()->headerData(section, head->orientation(), Qt::ToolTipRole).toString();
            if (!head->isSectionHidden(section) && room > 0 && tip != words &&
                head->fontMetrics().horizontalAdvance(words) > room)
                cut.append(words);
        }
    }
    for (const ui::RowButton* const row : window.findChildren<ui::RowButton*>())
        if (row->isVisible() && !row->name_fits())
            cut.append(row->text());
    return cut;
}

/// Visible texts that need more room than they have. A label that elides itself is not one of them:
/// it is whole in its tool tip.
inline QStringList cut_texts(QWidget& window) {
    constexpr int kRounding = 1;  // pixels, on fine screens
    QStringList cut = cut_parts(window);
    for (const QLabel* const label : window.findChildren<QLabel*>()) {
        if (!label->isVisible() || label->text().isEmpty() ||
            qobject_cast<const ui::ElidedLabel*>(label) != nullptr)
            continue;
        const bool fits = label->wordWrap()
                              ? label->heightForWidth(label->width()) <= label->height() + kRounding
                              : label->sizeHint().width() <= label->width() + kRounding &&
                                    label->sizeHint().height() <= label->height() + kRounding;
        if (!fits)
            cut.append(label->text());
    }
    for (const QAbstractButton* const button : window.findChildren<QAbstractButton*>()) {
        const auto* const tool = qobject_cast<const QToolButton*>(button);
        const bool shows_text =
            qobject_cast<const QPushButton*>(button) != nullptr ||
            qobject_cast<const QCheckBox*>(button) != nullptr ||
            (tool != nullptr &&
             (tool->icon().isNull() || tool->toolButtonStyle() != Qt::ToolButtonIconOnly));
        if (!button->isVisible() || button->text().isEmpty() || !shows_text)
            continue;
        const QString words = QString(button->text()).remove(QLatin1Char('&'));
        if (button->fontMetrics().horizontalAdvance(words) > button->width() ||
            button->fontMetrics().height() > button->height())
            cut.append(words);
    }
    for (const QScrollArea* const area : window.findChildren<QScrollArea*>())
        if (area->isVisible() && area->widget() != nullptr &&
            area->horizontalScrollBarPolicy() == Qt::ScrollBarAlwaysOff &&
            area->widget()->width() > area->viewport()->width() + kRounding)
            cut.append(QStringLiteral("%1 pixels at the side of %2")
                           .arg(area->widget()->width() - area->viewport()->width())
                           .arg(QLatin1String(area->parentWidget()->metaObject()->className())));
    // In a window narrower than any usual screen, the box over the picture and the scale below it
    // may be shortened.
    if (qobject_cast<QMainWindow*>(&window) != nullptr && window.width() < 1280)
        return cut;
    for (const ui::ColourScale* const scale : window.findChildren<ui::ColourScale*>())
        if (scale->isVisible() && !scale->words_fit())
            cut.append(scale->accessibleDescription());
    constexpr int kArrow = 28;  // of a box, with its margins
    for (const QComboBox* const box : window.findChildren<QComboBox*>())
        if (box->isVisible() && !box->isEditable() &&
            box->fontMetrics().horizontalAdvance(box->currentText()) + kArrow > box->width())
            cut.append(box->currentText());
    return cut;
}

}  // namespace dfd::test
