// Pairwise agreement of the experts over many pictures, as a table model.
#pragma once

#include <QAbstractTableModel>
#include <optional>

#include "ui/studies/agreement_view.h"

namespace dfd::ui {

enum class AgreementMeasure { Flips, RankCorrelation };

class AgreementModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;

    void set_view(AgreementViewPtr view);
    void set_measure(AgreementMeasure measure);
    [[nodiscard]] const AgreementViewPtr& view() const { return view_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    /// Figures with two decimals on the colours of `agreement_colour`; the accessible text names
    /// both experts.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    [[nodiscard]] std::optional<double> value(int row, int column) const;
    [[nodiscard]] QString name(int expert) const;

    AgreementViewPtr view_;
    AgreementMeasure measure_ = AgreementMeasure::Flips;
};

/// Blue for agreement, grey in the middle, orange for disagreement. Scales: correlation from 1 to
/// -1, flips from 0 to half of all pictures.
[[nodiscard]] QColor agreement_colour(AgreementMeasure measure, double value);

}  // namespace dfd::ui
