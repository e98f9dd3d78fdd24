#include "ui/case/case_delegate.h"

#include "core/base/language.h"
#include "ui/case/case_model.h"
#include "ui/look/wording.h"

namespace dfd::ui {

QString mark_icon(Mark mark) {
    switch (mark) {
        case Mark::Suspicious:
            return QStringLiteral("flag");
        case Mark::Cleared:
            return QStringLiteral("check");
        case Mark::ToCheck:
            return QStringLiteral("eye");
        case Mark::None:
            break;
    }
    return {};
}

std::optional<RowContent> CaseDelegate::content_of(const QModelIndex& index) const {
    const auto* const model = qobject_cast<const CaseModel*>(index.model());
    if (model == nullptr)
        return std::nullopt;
    RowContent content;
    content.thumbnail = model->thumbnail(index.row());
    const CaseRow* const row = model->row_at(index.row());
    if (row == nullptr)
        return content;  // The row arrives within milliseconds: a calm empty row, no spinner.
    content.name = path_text(row->path.filename());
    content.corner_icon = mark_icon(row->mark);
    if (row->mark != Mark::None)
        content.mark = mark_text(row->mark);
    content.tags = row->tags;
    switch (row->state) {
        case ExhibitState::Scored:
            content.thresholds = model->bands().of(row->question);
            content.score = row->score;
            content.spread = row->spread;
            content.word = band_text(band_of(row->score, content.thresholds));
            content.subtitle = answer_text(content.word, model->question_of(*row), row->spread);
            break;
        case ExhibitState::NoAssessment:
            content.subtitle = content.word = band_text(Band::NoAssessment);
            break;
        case ExhibitState::Failed:
            content.problem = true;
            content.placeholder_icon = QStringLiteral("error");
            content.subtitle = QString::fromStdString(say_again(row->failure));
            content.word = tr("failed");
            break;
        case ExhibitState::Unscored:
            content.placeholder_icon = QStringLiteral("clock");
            content.subtitle = content.word = tr("Not scored yet");
            break;
    }
    if (row->copies == 0 && row->state != ExhibitState::Failed)
        content.subtitle = tr("%1, file missing").arg(content.subtitle);
    if (row->warned)
        content.badges.push_back({QStringLiteral("warning"), true});
    if (const LookAlikes* const alike = model->look_alikes(row->id))
        content.badges.push_back({QStringLiteral("alike"), alike->judged_differently});
    return content;
}

}  // namespace dfd::ui
