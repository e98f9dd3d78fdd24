#include "ui/list/exhibit_delegate.h"

#include <QSortFilterProxyModel>
#include <cmath>

#include "core/base/language.h"
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
        const QuestionBands bands = measured_bands(opinion->calibration.get());
        content.thresholds = bands_for(*opinion, opinion->leading, bands);
        const Band band = band_of(*opinion, bands);
        content.word = band_text(band);
        if (band == Band::NoAssessment) {
            content.subtitle = content.word;
        } else if (std::isnan(opinion->score)) {
            content.subtitle = content.word = tr("not answered");
        } else {
            content.score = opinion->score;
            content.spread = opinion->spread;
            content.subtitle = answer_text(content.word, question_text(*opinion, opinion->leading),
                                           opinion->spread);
        }
    } else if (content.problem) {
        content.subtitle = QString::fromStdString(say_again(exhibit->examination->failure.message));
    } else {
        content.subtitle = state_text(exhibit->state, exhibit->being_scored);
    }
    if (content.word.isEmpty())
        content.word = state_text(exhibit->state, exhibit->being_scored);
    return content;
}

}  // namespace dfd::ui
