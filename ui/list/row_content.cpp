#include "ui/list/row_content.h"

#include <QCoreApplication>
#include <cmath>

#include "core/base/language.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Words)
};

}  // namespace

std::vector<RowQuestion> row_questions(const std::vector<Question>& questions) {
    std::vector<RowQuestion> rows;
    for (const Question& question : questions)
        rows.push_back({question_name(question.id), QString::fromStdString(say(question.text))});
    return rows;
}

QString RowAnswer::figure() const {
    return score ? score_text(*score, thresholds) : word;
}

RowAnswer row_answer(const RowQuestion& question, double score, double spread, bool assessed,
                     const BandThresholds& thresholds) {
    RowAnswer answer{question, {}, {}, spread, thresholds};
    if (std::isnan(score)) {
        answer.word = Words::tr("not answered");
    } else if (!assessed) {
        answer.word = band_text(Band::NoAssessment);
    } else {
        answer.score = score;
        answer.word = band_text(band_of(score, thresholds));
    }
    return answer;
}

QString RowContent::word() const {
    return answer() == nullptr ? state : answer()->word;
}

QString RowContent::subtitle() const {
    QString words = failure.isEmpty() ? word() : failure;
    if (const RowAnswer* const one = answer(); one != nullptr && one->score)
        words = names_question()
                    ? Words::tr("%1 · %2").arg(one->word, one->question.name)
                    : Words::tr("%1, spread %2").arg(one->word, score_text(one->spread));
    return missing && failure.isEmpty() ? Words::tr("%1, file missing").arg(words) : words;
}

QString RowContent::tool_tip() const {
    QStringList lines{path};
    if (!failure.isEmpty())
        lines.append(failure);
    QStringList all;
    if (answers.size() > 1)
        for (const RowAnswer& each : answers)
            all.append(each.question.text + QLatin1Char(' ') + each.figure());
    if (!all.isEmpty())
        lines.append(all.join(QStringLiteral(" · ")));
    return (lines + details).join(QLatin1Char('\n'));
}

QString RowContent::spoken() const {
    QStringList parts{name};
    if (const RowAnswer* const one = answer(); one == nullptr) {
        parts.append(failure.isEmpty() ? state : Words::tr("failed: %1").arg(failure));
    } else {
        if (answers.size() > 1)
            parts.append(one->question.name);
        parts.append(one->score ? Words::tr("%1, score %2, spread %3")
                                      .arg(one->word, one->figure(), score_text(one->spread))
                                : one->word);
        for (const RowAnswer& other : answers)
            if (&other != one)
                parts.append(other.question.name + QLatin1Char(' ') + other.figure());
    }
    return (parts + remarks).join(QStringLiteral(", "));
}

}  // namespace dfd::ui
