// Pairwise agreement of the experts over many pictures, as a table model.
#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/opinion/agreement.h"

namespace dfd::ui {

/// Immutable; computed off the UI thread.
struct AgreementView {
    AgreementTable table;
    AgreementMatrix matrix;
    std::vector<qint64> ids;         ///< pictures: ids in the list or the case
    std::vector<std::string> names;  ///< file names (raw bytes) or labels
    /// A question's answer to a picture. A panel that asks one question has one of these.
    struct Answer {
        double score = 0;    ///< the panel's
        double dispute = 0;  ///< mutual information in bits
    };
    std::vector<std::vector<Answer>> answers;  ///< of each picture, by question
    std::vector<std::size_t> disputed;         ///< of each picture: the question disputed most
    std::vector<std::string> questions;        ///< their texts; empty if the panel asks one
    std::vector<std::size_t> question_of;      ///< by expert

    [[nodiscard]] const Answer& most_disputed(std::size_t picture) const {
        return answers[picture][disputed[picture]];
    }
};
using AgreementViewPtr = std::shared_ptr<const AgreementView>;

enum class AgreementMeasure { RankCorrelation, Flips };

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
    AgreementMeasure measure_ = AgreementMeasure::RankCorrelation;
};

/// Blue for agreement, grey in the middle, orange for disagreement. Scales: correlation from 1 to
/// -1, flips from 0 to half of all pictures.
[[nodiscard]] QColor agreement_colour(AgreementMeasure measure, double value);

}  // namespace dfd::ui
