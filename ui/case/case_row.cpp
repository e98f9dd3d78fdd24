#include "ui/case/case_row.h"

#include <QCoreApplication>

#include "core/base/language.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

std::size_t shown_question(const CaseRow& row, const CaseAsked& asked) {
    return asked.chosen && *asked.chosen < row.answers.size() ? *asked.chosen : row.question;
}

void add_state(const CaseRow& row, const CaseAsked& asked, RowContent& content) {
    switch (row.state) {
        case ExhibitState::Scored:
        case ExhibitState::NoAssessment:
            break;
        case ExhibitState::Failed:
            content.placeholder_icon = QStringLiteral("error");
            content.failure = QString::fromStdString(say_again(row.failure));
            content.state = state_text(ExaminationState::Failed);
            return;
        case ExhibitState::Unscored:
            content.placeholder_icon = QStringLiteral("clock");
            content.state = Words::tr("Not scored yet");
            return;
    }
    content.shown = shown_question(row, asked);
    content.chosen = asked.chosen.has_value();
    for (std::size_t question = 0; question < row.answers.size(); ++question) {
        const AnswerFigures& answer = row.answers[question];
        content.answers.push_back(row_answer(
            question < asked.questions.size() ? asked.questions[question] : RowQuestion(),
            answer.score, answer.spread, answer.assessed, asked.bands.of(question)));
    }
    if (row.answers.empty()) {
        content.shown = 0;
        content.answers.push_back(row_answer({}, row.score, row.spread,
                                             row.state == ExhibitState::Scored,
                                             asked.bands.of(row.question)));
    }
}

void add_decisions(const CaseRow& row, RowContent& content) {
    if (row.copies > 1)
        content.details.append(Words::tr("Found in %1 files.").arg(row.copies));
    if (row.mark != Mark::None) {
        content.corner_icon = mark_icon(row.mark);
        content.mark = mark_text(row.mark);
        content.details.append(Words::tr("Mark: %1.").arg(content.mark));
        content.remarks.append(content.mark);
    }
    content.tags = row.tags;
    if (!row.tags.isEmpty()) {
        content.details.append(Words::tr("Tags: %1.").arg(row.tags));
        content.remarks.append(Words::tr("tagged %1").arg(row.tags));
    }
}

}  // namespace

QString look_alikes_text(const LookAlikes& group) {
    const auto others = group.ids.size() - 1;
    QString text = others == 1 ? Words::tr("Another exhibit looks like this one.")
                               : Words::tr("%1 exhibits look like this one.").arg(others);
    if (group.lowest && group.highest)
        text += (group.judged_differently ? Words::tr(" Scores from %1 to %2: judged differently.")
                                          : Words::tr(" Scores from %1 to %2."))
                    .arg(score_text(*group.lowest), score_text(*group.highest));
    return text;
}

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

AnswerFigures shown_figures(const CaseRow& row, const CaseAsked& asked) {
    if (row.state != ExhibitState::Scored)
        return {};
    if (!row.answers.empty())
        return row.answers[shown_question(row, asked)];
    return {row.score, row.spread, true};
}

const BandThresholds& shown_thresholds(const CaseRow& row, const CaseAsked& asked) {
    return asked.bands.of(shown_question(row, asked));
}

RowContent content_of(const CaseRow& row, const CaseAsked& asked, const LookAlikes* alike) {
    RowContent content;
    content.name = path_text(row.path.filename());
    content.path = path_text(row.path);
    content.missing = row.copies == 0;
    add_state(row, asked, content);
    add_decisions(row, content);
    if (row.warned) {
        content.badges.push_back({QStringLiteral("warning"), true});
        content.details.append(Words::tr("Its score has warnings."));
        content.remarks.append(Words::tr("with warnings"));
    }
    if (alike != nullptr) {
        content.badges.push_back({QStringLiteral("alike"), alike->judged_differently});
        content.details.append(look_alikes_text(*alike));
        content.remarks.append(alike->judged_differently
                                   ? Words::tr("looks like others that are judged differently")
                                   : Words::tr("looks like others"));
    }
    return content;
}

}  // namespace dfd::ui
