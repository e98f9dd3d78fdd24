// The windows of a picture as a table model: windows around faces first, then the rest in sort
// order.
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "core/engine/studies/atlas.h"
#include "core/opinion/bands.h"

namespace dfd::ui {

/// "Face 1", "Window 3"; for the label on the map, only the number of a window. Faces and other
/// windows are numbered by themselves, from 1, in the order in which they were scored.
[[nodiscard]] QString window_name(const std::vector<AtlasWindow>& windows, int number,
                                  bool label = false);

class AtlasModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Place, Scale, Score, Difference, kColumns };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null for none. While `generation` is unchanged, windows are only appended; rows are then
    /// inserted and the selection is kept.
    void set_atlas(const Atlas* atlas, quint64 generation, const BandThresholds& thresholds);
    [[nodiscard]] const AtlasWindow& window(int row) const;
    /// Index of the window in the atlas, and the reverse; -1 for none.
    [[nodiscard]] int window_number(int row) const;
    [[nodiscard]] int row_of(int window_number) const;
    [[nodiscard]] QString name(int window_number) const {
        return window_name(windows_, window_number);
    }
    /// "Window 3, 512 × 512 at 0, 256: 0.93, looks fake; +0.05 compared with the whole picture."
    [[nodiscard]] QString sentence(int window_number) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    void sort(int column, Qt::SortOrder order) override;

  private:
    [[nodiscard]] bool before(int a, int b) const;
    /// Of the figures that are shown.
    [[nodiscard]] QString difference(int window_number) const;

    std::vector<AtlasWindow> windows_;
    std::vector<int> rows_;  ///< window indices in row order
    double whole_ = 0;
    BandThresholds thresholds_;
    quint64 generation_ = 0;
    int column_ = Score;
    Qt::SortOrder order_ = Qt::DescendingOrder;
};

}  // namespace dfd::ui
