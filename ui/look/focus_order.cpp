#include "ui/look/focus_order.h"

#include <QLayout>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QWidget>
#include <algorithm>
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
        if (auto* const panes = qobject_cast<QSplitter*>(widget))
            for (int i = 0; i < panes->count(); ++i)
                add(panes->widget(i));
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

QWidget* next_stop(std::initializer_list<QWidget*> parts, const QWidget* from, bool forward) {
    Stops stops;
    for (QWidget* const part : parts)
        stops.add(part);
    const auto& all = stops.all();
    const auto found = std::ranges::find_if(all, [from](const QWidget* stop) {
        return from != nullptr && (stop == from || stop->isAncestorOf(from));
    });
    if (found == all.end())
        return nullptr;
    const auto at = static_cast<std::size_t>(found - all.begin());
    for (std::size_t step = 1; step < all.size(); ++step) {
        QWidget* const next = all[(at + (forward ? step : all.size() - step)) % all.size()];
        if (next->isVisible() && next->isEnabled())
            return next;
    }
    return nullptr;
}

}  // namespace dfd::ui
