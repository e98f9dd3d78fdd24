#include "ui/list/exhibit_proxy_model.h"

#include <QCollator>
#include <QRegularExpression>
#include <algorithm>

#include "ui/list/row_content.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

const QCollator& natural_order() {
    static const QCollator collator = [] {
        // The "C" locale has no collation and would sort 10 before 9.
        const QLocale here;
        QCollator made(here.language() == QLocale::C ? QLocale(QLocale::English) : here);
        made.setNumericMode(true);
        made.setCaseSensitivity(Qt::CaseInsensitive);
        return made;
    }();
    return collator;
}

}  // namespace

ExhibitProxyModel::ExhibitProxyModel(QObject* parent) : QSortFilterProxyModel(parent) {
    setDynamicSortFilter(true);
    sort(0, Qt::AscendingOrder);
}

void ExhibitProxyModel::set_filter(const QString& words) {
    words_ = words.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts);
    invalidateRowsFilter();
}

void ExhibitProxyModel::order_by(OrderBy key, Qt::SortOrder direction) {
    const bool new_key = key != key_;
    key_ = key;
    if (new_key)
        invalidate();
    sort(0, direction);
}

bool ExhibitProxyModel::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (words_.isEmpty())
        return true;
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    const QString text = index.data(Qt::AccessibleTextRole).toString() + QLatin1Char(' ') +
                         index.data(RowRole::Folder).toString();
    return std::all_of(words_.begin(), words_.end(), [&text](const QString& word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

bool ExhibitProxyModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const auto added = [](const QModelIndex& index) {
        return index.data(RowRole::Added).toULongLong();
    };
    const auto by_number = [&](int role) {
        const QVariant a = left.data(role);
        const QVariant b = right.data(role);
        if (a.isValid() != b.isValid())
            return a.isValid() == (sortOrder() == Qt::AscendingOrder);
        if (!a.isValid() || a.toDouble() == b.toDouble())
            return added(left) < added(right);
        return a.toDouble() < b.toDouble();
    };
    switch (key_) {
        case OrderBy::Name: {
            const int order =
                natural_order().compare(left.data().toString(), right.data().toString());
            return order == 0 ? added(left) < added(right) : order < 0;
        }
        case OrderBy::Score: {
            const QVariant a = left.data(RowRole::Word);
            const QVariant b = right.data(RowRole::Word);
            if (a.isValid() && b.isValid() && a != b)
                return a.toInt() < b.toInt();
            return by_number(RowRole::Score);
        }
        case OrderBy::Disagreement:
            return by_number(RowRole::Spread);
        case OrderBy::Added:
            break;
    }
    return added(left) < added(right);
}

}  // namespace dfd::ui
