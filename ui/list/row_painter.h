// Paints the rows of picture lists (thumbnail, name, verdict) the same way for every list.
#pragma once

#include <QColor>
#include <QImage>
#include <QString>
#include <QStyledItemDelegate>
#include <optional>
#include <vector>

#include "core/opinion/bands.h"
#include "ui/list/list_form.h"

namespace dfd::ui {

struct RowBadge {
    QString icon;
    bool is_warning = false;
};

struct RowContent {
    QImage thumbnail;
    QString placeholder_icon;  ///< icon name, shown while there is no thumbnail
    bool problem = false;      ///< `placeholder_icon` and `subtitle` show a warning
    QString name;
    QString subtitle;              ///< second, smaller line; elided if too long
    QString corner_icon;           ///< icon name over the thumbnail; empty for none
    std::vector<RowBadge> badges;  ///< right-aligned, after the name
    std::optional<double> score;
    std::optional<double> spread;
    QString word;        ///< "looks fake", or the state
    QString mark, tags;  ///< in words; only in a table of reviewed pictures
    BandThresholds thresholds;
};

class RowDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;
    void set_form(ListForm form) { form_ = form; }
    /// Whether a table has columns for marks and tags.
    void set_reviewed(bool reviewed) { reviewed_ = reviewed; }

  protected:
    /// Empty: nothing is painted.
    [[nodiscard]] virtual std::optional<RowContent> content_of(const QModelIndex& index) const = 0;

  private:
    ListForm form_ = ListForm::Rows;
    bool reviewed_ = false;
};

}  // namespace dfd::ui
