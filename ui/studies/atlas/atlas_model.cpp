#include "ui/studies/atlas/atlas_model.h"

#include <QColor>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {

QString window_name(const std::vector<AtlasWindow>& windows, int number, bool label) {
    const bool face = windows[static_cast<std::size_t>(number)].place.face;
    const auto at = std::count_if(windows.begin(), windows.begin() + number + 1,
                                  [face](const auto& each) { return each.place.face == face; });
    return face    ? AtlasModel::tr("Face %1").arg(at)
           : label ? QString::number(at)
                   : AtlasModel::tr("Window %1").arg(at);
}

void AtlasModel::set_atlas(const Atlas* atlas, quint64 generation,
                           const BandThresholds& thresholds) {
    const std::size_t known = windows_.size();
    const bool same_bands = thresholds == thresholds_;
    if (atlas != nullptr && generation == generation_ && same_bands &&
        atlas->windows.size() >= known) {
        for (std::size_t i = known; i < atlas->windows.size(); ++i) {
            windows_.push_back(atlas->windows[i]);
            const int number = static_cast<int>(i);
            const auto at = std::upper_bound(rows_.begin(), rows_.end(), number,
                                             [this](int a, int b) { return before(a, b); });
            const int row = static_cast<int>(at - rows_.begin());
            beginInsertRows({}, row, row);
            rows_.insert(at, number);
            endInsertRows();
        }
        return;
    }
    beginResetModel();
    generation_ = generation;
    thresholds_ = thresholds;
    windows_.clear();
    if (atlas != nullptr) {
        windows_ = atlas->windows;
        whole_ = atlas->whole.score;
    }
    rows_.resize(windows_.size());
    std::iota(rows_.begin(), rows_.end(), 0);
    std::ranges::stable_sort(rows_, [this](int a, int b) { return before(a, b); });
    endResetModel();
}

const AtlasWindow& AtlasModel::window(int row) const {
    return windows_[static_cast<std::size_t>(rows_[static_cast<std::size_t>(row)])];
}

int AtlasModel::window_number(int row) const {
    return row >= 0 && row < rowCount() ? rows_[static_cast<std::size_t>(row)] : -1;
}

int AtlasModel::row_of(int window_number) const {
    const auto at = std::ranges::find(rows_, window_number);
    return at == rows_.end() ? -1 : static_cast<int>(at - rows_.begin());
}

QString AtlasModel::difference(int window_number) const {
    const double score = windows_[static_cast<std::size_t>(window_number)].opinion.score;
    return difference_text(score_text(score, thresholds_), score_text(whole_, thresholds_));
}

bool AtlasModel::before(int a, int b) const {
    const AtlasWindow& first = windows_[static_cast<std::size_t>(a)];
    const AtlasWindow& second = windows_[static_cast<std::size_t>(b)];
    if (first.place.face != second.place.face)
        return first.place.face;
    const auto key = [this](const AtlasWindow& window) {
        switch (column_) {
            case Score:
            case Difference:
                return window.opinion.score;
            case Scale:
                return window.place.scale;
            default:
                return 0.0;
        }
    };
    const bool down = order_ == Qt::DescendingOrder;
    if (key(first) != key(second))
        return down ? key(first) > key(second) : key(first) < key(second);
    return down && column_ == Place ? a > b : a < b;
}

void AtlasModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= kColumns)
        return;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const auto held = persistentIndexList();
    std::vector<int> numbers;
    for (const QModelIndex& each : held)
        numbers.push_back(window_number(each.row()));
    column_ = column;
    order_ = order;
    std::ranges::sort(rows_, [this](int a, int b) { return before(a, b); });
    QModelIndexList now;
    for (qsizetype i = 0; i < held.size(); ++i)
        now.append(index(row_of(numbers[static_cast<std::size_t>(i)]), held[i].column()));
    changePersistentIndexList(held, now);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

int AtlasModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int AtlasModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QString AtlasModel::sentence(int window_number) const {
    const AtlasWindow& window = windows_[static_cast<std::size_t>(window_number)];
    const double score = window.opinion.score;
    return tr("%1, %2 × %3 at %4, %5: ")
               .arg(name(window_number))
               .arg(window.place.width)
               .arg(window.place.height)
               .arg(window.place.x)
               .arg(window.place.y) +
           tr("%1, %2; %3 compared with the whole picture.")
               .arg(score_text(score, thresholds_), band_text(band_of(score, thresholds_)),
                    difference(window_number));
}

QVariant AtlasModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const int number = window_number(index.row());
    const AtlasWindow& shown = window(index.row());
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Place:
                    return name(number);
                case Scale:
                    return QString::number(shown.place.scale);
                case Score:
                    return score_text(shown.opinion.score, thresholds_);
                default:
                    return difference(number);
            }
        case Qt::TextAlignmentRole:
            return static_cast<int>((index.column() == Place ? Qt::AlignLeft : Qt::AlignRight) |
                                    Qt::AlignVCenter);
        case Qt::ForegroundRole:
            return index.column() == Score
                       ? QVariant(band_colour(band_of(shown.opinion.score, thresholds_)))
                       : QVariant();
        case Qt::FontRole:
            return text_font(TextSize::Body, shown.place.face);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return sentence(number);
        default:
            return {};
    }
}

QVariant AtlasModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        switch (section) {
            case Place:
                return tr("Window");
            case Scale:
                return tr("Scale");
            case Score:
                return tr("Score");
            default:
                return tr("Difference");
        }
    if (role == Qt::ToolTipRole && section == Difference)
        return tr(
            "Difference between the score of the window and that of the whole picture, the "
            "reference.");
    if (role == Qt::ToolTipRole && section == Scale)
        return tr(
            "Scale at which the panel saw the window: 0.5 is half the width and height of the "
            "picture.");
    if (role == Qt::TextAlignmentRole)  // the sort arrow is on the right
        return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    return {};
}

}  // namespace dfd::ui
