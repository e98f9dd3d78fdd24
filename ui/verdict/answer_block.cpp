#include "ui/verdict/answer_block.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "core/base/language.h"
#include "core/opinion/disagreement.h"
#include "ui/charts/score_scale.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"

namespace dfd::ui {

AnswerBlock::AnswerBlock(QWidget* parent)
    : QWidget(parent),
      head_(new QHBoxLayout),
      question_(make_label(this, TextSize::Body, true)),
      score_(make_label(this, TextSize::Figure)),
      band_(make_label(this, TextSize::Body, true)),
      scale_(new ScoreScale(this)),
      spread_(make_label(this, TextSize::Caption, false, true)),
      worth_(make_label(this, TextSize::Body)) {
    score_->setAccessibleName(tr("Panel score"));
    question_->setWordWrap(true);
    spread_->setWordWrap(true);
    worth_->setWordWrap(true);
    worth_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    worth_->setAccessibleName(tr("What the score is worth"));
    worth_->setToolTip(
        tr("Measured by dfd calibrate on pictures that were set aside for it. The likelihood "
           "ratio says how many times more often such a score belongs to the one than to the "
           "other. It is not the probability that this picture is fake.\nWords: %1.")
            .arg(QString::fromStdString(say(kSupportWordsSource))));
    spread_->setToolTip(
        tr("An expert is on the fake side if its score is %1 or more.\nSpread: the population "
           "standard deviation of the experts' scores. Below 0.10 they lie close together; from "
           "0.25 they contradict each other.\nMutual information, in bits: the entropy of the mean "
           "score "
           "minus the mean entropy of the experts. 0 when all agree, 1 when half are sure of real "
           "and half of fake.")
            .arg(score_text(kVoteThreshold)));
    head_->setSpacing(kGrid + kGrid / 2);
    head_->addWidget(score_, 0, Qt::AlignBottom);
    // Aligns the baseline of the word with that of the larger figure.
    band_->setContentsMargins(0, 0, 0, kGrid - 1);
    head_->addWidget(band_, 1, Qt::AlignBottom | Qt::AlignLeft);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(question_);
    column->addLayout(head_);
    column->addWidget(scale_);
    column->addWidget(worth_);
    column->addWidget(spread_);
    // Not "Maximum": it would fix the height for text wrapped at another width.
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
}

void AnswerBlock::show_answer(const PanelOpinion& opinion, std::size_t asked,
                              const BandThresholds& thresholds) {
    const PanelOpinion one = part(opinion, asked);
    const QString question = opinion.answers.empty()
                                 ? QString()
                                 : QString::fromStdString(say(opinion.answers[asked].text));
    std::vector<double> experts;
    for (const ExpertOpinion& expert : one.experts)
        if (counted(expert) > 0)
            experts.push_back(expert.score);
    const bool answered = answered_ = !experts.empty();
    shown_band_ = answered ? std::optional(band_of(one, thresholds)) : std::nullopt;
    const auto reasons = out_of_scope(one, 0);
    assessed_ = answered && reasons.empty();
    question_->setText(question);
    question_->setVisible(!question.isEmpty());
    score_->setVisible(assessed_);
    score_->setText(answered ? score_text(one.score, bands_for(one, 0, thresholds)) : QString());
    score_->setAccessibleName(question.isEmpty() ? tr("Panel score") : question);
    band_->setText(answered ? band_text(*shown_band_) : tr("not answered"));
    scale_->set_scores(one.score, experts, bands_for(one, 0, thresholds));
    const Disagreement found = disagreement_of(one);
    // Non-breaking spaces: a narrow card wraps between figures, never within one.
    spread_->setText(!answered ? tr("None of its experts counts.")
                     : found.experts == 1
                         ? tr("Only one expert, so there is no spread.")
                         : tr("%1 on the fake\u00a0side, %2 on the real\u00a0side · "
                              "spread\u00a0%3 · mutual\u00a0information\u00a0%4")
                               .arg(found.fake_votes)
                               .arg(found.real_votes)
                               .arg(score_text(found.spread),
                                    QString::number(found.mutual_information, 'f', 2)));
    const std::string worth = worth_sentence(opinion, asked);
    const bool measured = one.calibration && !one.calibration->front().alarms.empty();
    QStringList outside;
    for (const OutOfScope& each : reasons)
        outside.append(QString::fromStdString(each.reason));
    worth_->setText(
        !outside.isEmpty() ? outside.join(QLatin1Char(' '))
        : !worth.empty()   ? QString::fromStdString(worth)
        : measured         ? tr("Not calibrated for this combination of experts.")
                   : tr("Not calibrated for these settings: nobody measured how often such a score "
                        "is wrong."));
    worth_->setFont(
        text_font(!worth.empty() || !outside.isEmpty() ? TextSize::Body : TextSize::Caption));
    show_parts();
    refresh_colours();
}

void AnswerBlock::show_details(bool shown) {
    details_shown_ = shown;
    show_parts();
}

void AnswerBlock::set_brief(bool brief) {
    brief_ = brief;
    show_parts();
}

void AnswerBlock::show_parts() {
    scale_->setVisible(shows_scale(brief_));
    worth_->setVisible(shows_worth(brief_));
    spread_->setVisible(shows_spread(brief_));
    const QString hidden =
        answered_ && !shows_worth(brief_) ? tool_tip_text(worth_->text()) : QString();
    score_->setToolTip(hidden);
    band_->setToolTip(hidden);
}

int needed_height(const QWidget& part, int width) {
    const int height = part.heightForWidth(width);
    return height >= 0 ? height : part.sizeHint().height();
}

std::vector<int> AnswerBlock::ends(int width, bool brief) const {
    std::vector<int> found;
    int top = 0;
    const auto add = [&](int height) {
        found.push_back(top + height);
        top = found.back() + layout()->spacing();
    };
    // A question without its answer is no end.
    if (!question_->isHidden())
        top += needed_height(*question_, width) + layout()->spacing();
    add(head_->sizeHint().height());
    if (shows_scale(brief))
        add(needed_height(*scale_, width));
    if (shows_worth(brief))
        add(needed_height(*worth_, width));
    if (shows_spread(brief))
        add(needed_height(*spread_, width));
    return found;
}

QString AnswerBlock::question() const {
    return question_->text();
}

QString AnswerBlock::score() const {
    return score_->text();
}

QString AnswerBlock::band() const {
    return band_->text();
}

QString AnswerBlock::spread() const {
    return spread_->text();
}

QString AnswerBlock::worth() const {
    return worth_->text();
}

void AnswerBlock::refresh_colours() {
    const QString sheet = shown_band_
                              ? QStringLiteral("color: %1;").arg(band_colour(*shown_band_).name())
                              : QString();
    for (QLabel* const label : {score_, band_})
        if (label->styleSheet() != sheet)
            label->setStyleSheet(sheet);
}

}  // namespace dfd::ui
