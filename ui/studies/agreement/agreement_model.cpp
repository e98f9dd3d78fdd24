#include "ui/studies/agreement/agreement_model.h"

#include <QColor>
#include <QFont>
#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/mixed_colour.h"
#include "ui/look/wording.h"

namespace dfd::ui {

QColor agreement_colour(AgreementMeasure measure, double value) {
    constexpr double kStrongest = 0.4;  // text on it has 4.5:1 in both appearances
    const double agreement =
        std::clamp(measure == AgreementMeasure::RankCorrelation ? value : 1 - 4 * value, -1.0, 1.0);
    return mixed(look().field, agreement >= 0 ? look().real : look().fake,
                 kStrongest * std::abs(agreement));
}

void AgreementModel::set_view(AgreementViewPtr view) {
    beginResetModel();
    view_ = std::move(view);
    endResetModel();
}

void AgreementModel::set_measure(AgreementMeasure measure) {
    measure_ = measure;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int AgreementModel::rowCount(const QModelIndex& parent) const {
    return view_ && !parent.isValid() ? static_cast<int>(view_->table.experts().size()) : 0;
}

int AgreementModel::columnCount(const QModelIndex& parent) const {
    return rowCount(parent);
}

std::optional<double> AgreementModel::value(int row, int column) const {
    const auto r = static_cast<std::size_t>(row), c = static_cast<std::size_t>(column);
    if (measure_ == AgreementMeasure::RankCorrelation)
        return view_->matrix.rank_correlation[r][c];
    const double flips = view_->matrix.flips[r][c];
    return std::isnan(flips) ? std::nullopt : std::optional(flips);
}

QString AgreementModel::name(int expert) const {
    return QString::fromStdString(view_->titles[static_cast<std::size_t>(expert)]);
}

QVariant AgreementModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !view_)
        return {};
    const bool same = index.row() == index.column();
    const auto figure = value(index.row(), index.column());
    const auto figure_text =
        figure ? QString::number(*figure, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212))
               : QStringLiteral("–");
    switch (role) {
        case Qt::DisplayRole:
            return figure_text;
        case Qt::TextAlignmentRole:
            return static_cast<int>(Qt::AlignCenter);
        case Qt::BackgroundRole:
            return same || !figure ? QVariant(look().pane)
                                   : QVariant(agreement_colour(measure_, *figure));
        case Qt::ForegroundRole:
            return same ? look().quiet : look().text;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            if (same)
                return name(index.row());
            const double flips = view_->matrix.flips[static_cast<std::size_t>(index.row())]
                                                    [static_cast<std::size_t>(index.column())];
            if (std::isnan(flips))
                return tr("%1 and %2 answer different questions.")
                    .arg(name(index.row()), name(index.column()));
            const auto apart = std::llround(flips * static_cast<double>(view_->matrix.pictures));
            return tr("%1 and %2: %3 %4; on different sides of %5 in %6 of %7 pictures")
                .arg(name(index.row()), name(index.column()),
                     measure_ == AgreementMeasure::RankCorrelation ? tr("rank correlation")
                                                                   : tr("share of flips"),
                     figure_text, score_text(view_->table.threshold()))
                .arg(apart)
                .arg(view_->matrix.pictures);
        }
        default:
            return {};
    }
}

QVariant AgreementModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (!view_)
        return {};
    if (role == Qt::DisplayRole)
        return orientation == Qt::Vertical
                   ? QStringLiteral("%1  %2").arg(section + 1).arg(name(section))
                   : QString::number(section + 1);
    if (role == Qt::AccessibleTextRole)
        return name(section);
    if (role == Qt::ToolTipRole)
        return tr("%1 (%2)").arg(
            name(section),
            QString::fromStdString(view_->table.experts()[static_cast<std::size_t>(section)]));
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((orientation == Qt::Vertical ? Qt::AlignLeft : Qt::AlignHCenter) |
                                Qt::AlignVCenter);
    return {};
}

}  // namespace dfd::ui
