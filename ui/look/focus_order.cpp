#include "ui/look/focus_order.h"

#include <QLayout>
#include <QTabBar>
#include <QTabWidget>
#include <QWidget>
#include <set>
#include <vector>

namespace dfd::ui {
namespace {

/// Walks through widgets and keeps those that take the focus, each once.
class Stops {
  public:
    void add(QWidget* widget) {
        if (widget == nullptr || widget->isWindow() || !seen_.insert(widget).second)
            return;
        if (auto* const tabs = qobject_cast<QTabWidget*>(widget)) {
            add(tabs->tabBar());
            add(tabs->cornerWidget());
        } else if ((widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr) {
            all_.push_back(widget);
            return;  // what lies in it is its own business
        }
        if (widget->layout() != nullptr)
            add(*widget->layout());
        for (QObject* const child : widget->children())
            if (child->isWidgetType())
                add(static_cast<QWidget*>(child));
    }
    [[nodiscard]] const std::vector<QWidget*>& all() const { return all_; }

  private:
    void add(const QLayout& layout) {
        for (int i = 0; i < layout.count(); ++i) {
            QLayoutItem* const item = layout.itemAt(i);
            if (item->layout() != nullptr)
                add(*item->layout());
            else
                add(item->widget());
        }
    }

    std::set<QWidget*> seen_;
    std::vector<QWidget*> all_;
};

}  // namespace

void order_focus(std::initializer_list<QWidget*> parts) {
    Stops stops;
    for (QWidget* const part : parts)
        stops.add(part);
    for (std::size_t i = 1; i < stops.all().size(); ++i)
        QWidget::setTabOrder(stops.all()[i - 1], stops.all()[i]);
}

}  // namespace dfd::ui
