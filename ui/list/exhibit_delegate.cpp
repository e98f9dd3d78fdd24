#include "ui/list/exhibit_delegate.h"

#include <QSortFilterProxyModel>

#include "ui/list/exhibit_model.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

const ExhibitModel* model_behind(const QModelIndex& index) {
    const QAbstractItemModel* model = index.model();
    while (const auto* const proxy = qobject_cast<const QSortFilterProxyModel*>(model))
        model = proxy->sourceModel();
    return qobject_cast<const ExhibitModel*>(model);
}

}  // namespace

std::optional<RowContent> ExhibitDelegate::content_of(const QModelIndex& index) const {
    const ExhibitModel* const model = model_behind(index);
    const Exhibit* const exhibit =
        model == nullptr ? nullptr : model->find(index.data(ExhibitModel::IdRole).toULongLong());
    if (exhibit == nullptr)
        return std::nullopt;
    RowContent content;
    content.thumbnail = model->thumbnail(exhibit->id);
    content.problem = exhibit->state == ExaminationState::Failed;
    content.placeholder_icon = content.problem ? QStringLiteral("error") : QStringLiteral("clock");
    content.name = exhibit->name;
    if (const PanelOpinion* const opinion = exhibit->opinion()) {
        content.thresholds = bands_for(*opinion, measured_bands(opinion->calibration.get()));
        const Band band = band_of(*opinion, content.thresholds);
        content.word = band_text(band);
        if (band == Band::NoAssessment) {
            content.subtitle = content.word;
        } else {
            content.score = opinion->score;
            content.spread = opinion->spread;
        }
        if (content.score && opinion->answers.empty())
            content.subtitle =
                tr("%1, spread %2").arg(band_text(band), score_text(opinion->spread));
        else if (content.score)
            content.subtitle = QString::fromStdString(leading_question(*opinion));
    } else if (content.problem) {
        content.subtitle = QString::fromStdString(exhibit->examination->failure.message);
    } else {
        content.subtitle = state_text(exhibit->state);
    }
    if (content.word.isEmpty())
        content.word = state_text(exhibit->state);
    return content;
}

}  // namespace dfd::ui
