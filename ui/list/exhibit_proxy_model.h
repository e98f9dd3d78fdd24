// Filters and sorts the examined list.
#pragma once

#include <QSortFilterProxyModel>

namespace dfd::ui {

/// Score: by word first, because each question has thresholds of its own.
enum class OrderBy { Added, Name, Score, Disagreement };

/// Rows without a score come last in both directions, so that sorting never hides results.
class ExhibitProxyModel : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    explicit ExhibitProxyModel(QObject* parent = nullptr);
    /// Every word must occur in the name, the folder or the state text; case is ignored.
    void set_filter(const QString& words);
    void order_by(OrderBy key, Qt::SortOrder direction);
    [[nodiscard]] OrderBy key() const { return key_; }

  protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    QStringList words_;
    OrderBy key_ = OrderBy::Added;
};

}  // namespace dfd::ui
