// How the experts agree over many pictures: the figures, and the square of them as a table model.
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/opinion/agreement.h"

namespace dfd::ui {

/// An immutable value, made off the UI thread.
struct AgreementView {
    AgreementTable table;
    AgreementMatrix matrix;
    std::vector<qint64> ids;         ///< whose opinions they are: numbers of the list or the case
    std::vector<std::string> names;  ///< raw bytes of their file names, or labels
    std::vector<double> scores;      ///< of the panel
    std::vector<double> disputes;    ///< mutual information, bits
};
using AgreementViewPtr = std::shared_ptr<const AgreementView>;

enum class AgreementFigure { RankCorrelation, Flips };

class AgreementModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;

    void set_view(AgreementViewPtr view);
    void set_figure(AgreementFigure figure);
    [[nodiscard]] const AgreementViewPtr& view() const { return view_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    /// Figures with two decimals on a ground from the scale of `agreement_colour`; the accessible
    /// text names both experts.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

  private:
    [[nodiscard]] std::optional<double> value(int row, int column) const;
    [[nodiscard]] QString name(int expert) const;

    AgreementViewPtr view_;
    AgreementFigure figure_ = AgreementFigure::RankCorrelation;
};

/// Blue for agreement, through the surface's grey, to orange for its opposite: correlations from 1
/// to -1, flips from 0 to half of all pictures.
[[nodiscard]] QColor agreement_colour(AgreementFigure figure, double value);

}  // namespace dfd::ui
