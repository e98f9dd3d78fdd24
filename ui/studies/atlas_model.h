// The windows of a picture as a list: those around faces first, then the others in a chosen order.
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "core/engine/studies/atlas.h"

namespace dfd::ui {

class AtlasModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Place, Scale, Score, Difference, kColumns };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null for none. While `generation` stays the same the windows have only grown, and rows are
    /// added without moving anybody's selection.
    void set_atlas(const Atlas* atlas, quint64 generation, const BandThresholds& thresholds);
    [[nodiscard]] const AtlasWindow& window(int row) const;
    /// Number of the window in the atlas, and back; -1 for none.
    [[nodiscard]] int window_number(int row) const;
    [[nodiscard]] int row_of(int window_number) const;
    /// "Face 1", "512 × 512 at 0, 256"
    [[nodiscard]] QString name(int window_number) const;
    /// All that is known of a window, in a sentence: "Face 1: 0.93, looks fake; +0.05 against the
    /// whole picture."
    [[nodiscard]] QString sentence(int window_number) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    void sort(int column, Qt::SortOrder order) override;

  private:
    [[nodiscard]] bool before(int a, int b) const;
    [[nodiscard]] double difference(int window_number) const;

    std::vector<AtlasWindow> windows_;
    std::vector<int> rows_;  ///< numbers of windows, as they are listed
    double whole_ = 0;
    BandThresholds thresholds_;
    quint64 generation_ = 0;
    int column_ = Score;
    Qt::SortOrder order_ = Qt::DescendingOrder;
};

}  // namespace dfd::ui
