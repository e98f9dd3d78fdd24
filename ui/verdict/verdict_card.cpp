#include "ui/verdict/verdict_card.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/language.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "core/opinion/weighted.h"
#include "core/picture/sample_pictures.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"
#include "ui/verdict/answer_block.h"

namespace dfd::ui {

VerdictCard::VerdictCard(QWidget* parent)
    : QFrame(parent),
      badge_(make_label(this, TextSize::Caption, true)),
      sample_(make_label(this, TextSize::Body)),
      answer_column_(new QVBoxLayout),
      caution_(make_label(this, TextSize::Body)),
      details_button_(new QToolButton(this)),
      help_button_(new QToolButton(this)),
      firmness_(make_label(this, TextSize::Caption, true)),
      story_(make_label(this, TextSize::Body)),
      details_(make_label(this, TextSize::Caption)),
      weighted_(new QWidget(this)),
      state_(make_label(this, TextSize::Body, false, true)),
      busy_(new QProgressBar(this)),
      warning_box_(new QWidget(this)),
      warning_lines_(new QVBoxLayout(warning_box_)),
      declared_box_(new QWidget(this)),
      declared_mark_(new QLabel(declared_box_)),
      declared_(make_label(declared_box_, TextSize::Body, false, true)),
      declared_more_(new QToolButton(declared_box_)) {
    setProperty("card", true);
    badge_->setText(tr("STARTER PANEL"));
    badge_->setProperty("badge", true);
    badge_->setToolTip(
        tr("These scores come from the small bundled panel, which is for trying out the program. "
           "Install the published panel for casework."));
    caution_->setText(QString::fromStdString(say(kTrialCaution)));
    caution_->setWordWrap(true);
    details_button_->setObjectName(QStringLiteral("details"));
    details_button_->setText(tr("Details"));
    details_button_->setToolTip(
        tr("How the experts voted, how far they differ, which of them decides, and where the maps "
           "point."));
    details_button_->setCheckable(true);
    details_button_->setArrowType(Qt::RightArrow);
    details_button_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    details_button_->setProperty("small", true);
    details_button_->setFocusPolicy(Qt::StrongFocus);
    connect(details_button_, &QToolButton::toggled, this, &VerdictCard::show_details);
    connect(details_button_, &QToolButton::toggled, this, &VerdictCard::details_toggled);
    help_button_->setText(tr("How to read this"));
    help_button_->setToolTip(tr("Opens the manual's page about results"));
    help_button_->setProperty("small", true);
    help_button_->setFocusPolicy(Qt::StrongFocus);
    connect(help_button_, &QToolButton::clicked, this, &VerdictCard::help_requested);
    state_->setWordWrap(true);
    firmness_->hide();
    for (QLabel* const words : {sample_, firmness_, story_, details_}) {
        words->setWordWrap(true);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    auto* const mark = make_label(weighted_, TextSize::Caption, true);
    mark->setText(tr("NOT THE REFERENCE"));
    mark->setProperty("badge", true);
    mark->setToolTip(
        tr("Some experts are muted or weighted: this is not the combination for which the panel "
           "was designed and measured."));
    auto* const back = new QToolButton(weighted_);
    back->setObjectName(QStringLiteral("reference"));
    back->setText(tr("Reset"));
    back->setToolTip(tr("Gives every expert the same weight again."));
    back->setAccessibleName(tr("Reset to the reference combination"));
    back->setIcon(icon(QStringLiteral("again")));
    back->setIconSize({2 * kGrid, 2 * kGrid});
    back->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    back->setProperty("small", true);
    back->setFocusPolicy(Qt::StrongFocus);
    back->setFont(text_font(TextSize::Caption));
    connect(back, &QToolButton::clicked, this, &VerdictCard::reference_requested);
    auto* const weighted_row = new QHBoxLayout(weighted_);
    weighted_row->setContentsMargins(0, 0, 0, 0);
    weighted_row->setSpacing(kGrid);
    weighted_row->addWidget(mark, 0, Qt::AlignVCenter);
    weighted_row->addWidget(back);
    weighted_row->addStretch();
    busy_->setRange(0, 0);
    busy_->setTextVisible(false);
    busy_->setAccessibleName(tr("Examining"));
    warning_lines_->setContentsMargins(0, 0, 0, 0);
    warning_lines_->setSpacing(kGrid / 2);

    // A separator: the file's own declaration is not part of the panel's verdict.
    auto* const rule = new QFrame(declared_box_);
    rule->setProperty("rule", true);
    declared_->setWordWrap(true);
    declared_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    declared_->setAccessibleName(tr("What the file itself declares"));
    declared_more_->setObjectName(QStringLiteral("declared_more"));
    declared_more_->setText(tr("Show all"));
    declared_more_->setToolTip(
        tr("Opens the File tab, which has everything that the file declares"));
    declared_more_->setProperty("small", true);
    declared_more_->setFocusPolicy(Qt::StrongFocus);
    connect(declared_more_, &QToolButton::clicked, this, &VerdictCard::facts_requested);
    auto* const declared_words = new QVBoxLayout;
    declared_words->setSpacing(kGrid / 2);
    declared_words->addWidget(declared_);
    declared_words->addWidget(declared_more_, 0, Qt::AlignLeft);
    auto* const declared_line = new QHBoxLayout;
    declared_line->setSpacing(kGrid);
    declared_line->addWidget(declared_mark_, 0, Qt::AlignTop);
    declared_line->addLayout(declared_words, 1);
    auto* const declared_column = new QVBoxLayout(declared_box_);
    declared_column->setContentsMargins(0, 0, 0, 0);
    declared_column->setSpacing(kGrid);
    declared_column->addLayout(declared_line);
    declared_column->addWidget(rule);

    answer_column_->setSpacing(2 * kGrid);
    answers_.push_back(new AnswerBlock(this));
    answers_.front()->head()->addWidget(badge_, 0, Qt::AlignTop | Qt::AlignRight);
    answer_column_->addWidget(answers_.front());
    // Not "Maximum": it would fix the height for text wrapped at another width.
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);

    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(declared_box_);  // first: nothing that experts say outweighs it
    column->addWidget(sample_);
    column->addLayout(answer_column_);
    column->addWidget(caution_);
    column->addWidget(weighted_);
    column->addWidget(firmness_);
    auto* const more = new QHBoxLayout;
    more->setSpacing(kGrid);
    more->addWidget(details_button_);
    more->addStretch();
    more->addWidget(help_button_);
    column->addLayout(more);
    column->addWidget(story_);
    column->addWidget(details_);
    column->addWidget(state_);
    column->addWidget(busy_);
    column->addWidget(warning_box_);
    setAccessibleName(tr("Verdict"));
    show_nothing();
}

void VerdictCard::show_nothing(bool any) {
    shown_.reset();
    hide_answers();
    badge_->hide();
    caution_->hide();
    show_firmness(nullptr, false);
    show_details();
    weighted_->hide();
    busy_->hide();
    state_->setText(any ? tr("Select a picture to see the verdict of the panel.")
                        : tr("Open or drop a picture; the verdict of the panel appears here."));
    state_->show();
    set_warnings({});
    set_declared({});
    set_sample({});
    setAccessibleDescription(state_->text());
}

void VerdictCard::show_exhibit(const Exhibit& exhibit, const VerdictContext& context) {
    const PanelOpinion* const opinion = exhibit.opinion();
    const bool scored = opinion != nullptr;
    weighted_->setVisible(scored && weighted_by_hand(*opinion));
    badge_->setVisible(scored && context.starter);
    caution_->setVisible(scored && context.starter);
    state_->setVisible(!scored);
    busy_->setVisible(!scored && !exhibit.is_finished());
    const auto digest = [](const ExaminationPtr& of) {
        return of ? of->facts.sha256 : std::string();
    };
    if (digest(shown_) != digest(exhibit.examination)) {
        shown_.reset();  // else show_firmness would tell the story of the picture before
        show_firmness(nullptr, false);
    }
    shown_ = scored ? exhibit.examination : nullptr;
    show_details();
    bands_ = context.bands;

    QStringList warnings;
    if (scored)
        for (const std::string& warning : with_titles(exhibit.examination->warnings, *opinion))
            warnings.append(QString::fromStdString(warning));
    else if (exhibit.examination && exhibit.state != ExaminationState::Failed)
        for (const std::string& warning : exhibit.examination->warnings)
            warnings.append(QString::fromStdString(say_again(warning)));
    if (scored) {
        show_answers(*opinion);
        show_story();
        if (context.precision != QLatin1String(precision_name(Precision::Float32)))
            warnings.append(
                tr("Scored in %1, which is faster but less precise than fp32, the reference.")
                    .arg(context.precision));
    } else {
        hide_answers();
        switch (exhibit.state) {
            case ExaminationState::Failed:
                state_->setText(tr("This picture could not be examined, so it has no score."));
                break;
            case ExaminationState::Cancelled:
                state_->setText(
                    tr("Cancelled before it was scored. Press F5 to examine it again."));
                break;
            default:
                state_->setText(context.waiting);
        }
        setAccessibleDescription(state_->text());
    }
    set_warnings(warnings);
    set_declared(exhibit.examination ? exhibit.examination->facts.provenance
                                     : std::vector<ProvenanceHint>());
    set_sample(sample_words(digest(exhibit.examination), scored && context.starter));
}

void VerdictCard::show_details() {
    const bool scored = shown_ != nullptr, open = details_button_->isChecked();
    details_button_->setVisible(scored);
    help_button_->setVisible(scored);
    details_button_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    story_->setVisible(scored && open);
    details_->setVisible(scored && open && !details_->text().isEmpty());
    for (AnswerBlock* const answer : answers_)
        answer->show_details(open);
}

void VerdictCard::show_answers(const PanelOpinion& opinion) {
    shown_answers_ = questions_of(opinion);
    while (answers_.size() < shown_answers_) {
        answers_.push_back(new AnswerBlock(this));
        answer_column_->addWidget(answers_.back());
    }
    for (std::size_t q = 0; q < answers_.size(); ++q) {
        answers_[q]->setVisible(q < shown_answers_);
        if (q < shown_answers_)
            answers_[q]->show_answer(opinion, q, bands_.of(q));
    }
    set_brief(brief_);
}

void VerdictCard::set_brief(bool brief) {
    brief_ = brief;
    for (AnswerBlock* const answer : answers_)
        answer->set_brief(brief);
}

int VerdictCard::pinned_height(int width, bool brief, int most) const {
    const QMargins inside = layout()->contentsMargins() + contentsMargins();
    const int room = width - inside.left() - inside.right();
    // What is seen of the gap below is empty.
    const int gap = layout()->spacing();
    int top = inside.top(), height = inside.top() + inside.bottom();
    bool first = true;
    const auto add = [&](int end) {
        if (first || end + gap <= most)
            height = end + gap;
        first = false;
    };
    const auto add_part = [&](const QWidget* part) {
        if (part->isHidden())
            return;
        const int end = top + needed_height(*part, room);
        add(end);
        top = end + gap;
    };
    add_part(declared_box_);
    add_part(sample_);
    for (std::size_t i = 0; i < shown_answers_; ++i) {
        const auto ends = answers_[i]->ends(room, brief);
        for (const int end : ends)
            add(top + end);
        top += ends.back() + (i + 1 < shown_answers_ ? answer_column_->spacing() : gap);
    }
    add_part(caution_);
    add_part(state_);
    add_part(busy_);
    return height;
}

void VerdictCard::hide_answers() {
    shown_answers_ = 0;
    for (AnswerBlock* const answer : answers_)
        answer->hide();
}

void VerdictCard::show_story() {
    const PanelOpinion opinion = with_titles(*shown_->opinion);
    const Firmness* const firmness =
        known_firmness_ && firmness_complete_ ? &*known_firmness_ : nullptr;
    // A line for each question: first all verdicts, then what else there is to say.
    QStringList verdicts, details, descriptions;
    if (!is_reference_combination(opinion))
        details.append(QString::fromStdString(combination_sentence(opinion)));
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        QStringList sentences;
        for (const std::string& sentence : answer_story(opinion, q, bands_, firmness))
            sentences.append(QString::fromStdString(sentence));
        verdicts.append(sentences.takeFirst());
        if (assessment_of(opinion, q))
            sentences.removeFirst();  // the block shows it
        for (std::size_t shown = out_of_scope(opinion, q).size(); shown > 0; --shown)
            sentences.removeFirst();  // and these
        if (!sentences.isEmpty() && !opinion.answers.empty())
            sentences.prepend(QString::fromStdString(say(opinion.answers[q].text)));
        if (!sentences.isEmpty())
            details.append(sentences.join(QLatin1Char(' ')));
        const AnswerBlock& answer = *answers_[q];
        descriptions.append(tr("%1, %2. %3").arg(answer.score(), answer.band(), answer.spread()));
    }
    if (!shown_->warnings.empty())
        details.append(QString::fromStdString(limits_sentence(shown_->warnings.size())));
    const auto lines = [&](QStringList& all) {
        return all.join(opinion.answers.empty() ? QLatin1Char(' ') : QLatin1Char('\n'));
    };
    story_->setText(lines(verdicts));
    details_->setText(lines(details));
    show_details();
    setAccessibleDescription(tr("%1. %2").arg(descriptions.join(QLatin1Char(' ')), story()));
}

void VerdictCard::show_firmness(const Firmness* firmness, bool complete) {
    known_firmness_ = firmness == nullptr ? std::nullopt : std::optional(*firmness);
    firmness_complete_ = complete;
    const bool interval = firmness != nullptr && firmness->ordinary > 0 &&
                          (!shown_ || !no_assessment(*shown_->opinion));
    const BandThresholds bands = shown_ && firmness != nullptr
                                     ? bands_for(*shown_->opinion, firmness->question, bands_)
                                     : BandThresholds{.named = false};
    const QString sentences = firmness == nullptr
                                  ? QString()
                                  : QString::fromStdString(firmness_summary(*firmness, bands));
    QString words = interval ? QString::fromStdString(interval_words(*firmness, bands)) : QString();
    if (interval && shown_ && firmness->question < shown_->opinion->answers.size())
        words.prepend(
            QString::fromStdString(say(shown_->opinion->answers[firmness->question].text)) +
            QLatin1Char(' '));
    firmness_->setText(words);
    firmness_->setToolTip(tool_tip_text(sentences));
    firmness_->setAccessibleDescription(sentences);
    firmness_->setVisible(interval);
    if (shown_)
        show_story();
}

QString VerdictCard::firmness() const {
    return firmness_->isHidden() ? QString() : firmness_->text();
}

const AnswerBlock* VerdictCard::leading_answer() const {
    return shown_answers_ == 0 ? nullptr : answers_[shown_->opinion->leading];
}

std::vector<const AnswerBlock*> VerdictCard::answers() const {
    return {answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(shown_answers_)};
}

QString VerdictCard::score() const {
    return leading_answer() == nullptr ? QString() : leading_answer()->score();
}
QString VerdictCard::band() const {
    return leading_answer() == nullptr ? QString() : leading_answer()->band();
}
QString VerdictCard::spread() const {
    return leading_answer() == nullptr ? QString() : leading_answer()->spread();
}
bool VerdictCard::marked_starter() const {
    return !badge_->isHidden();
}

bool VerdictCard::marked_weighted() const {
    return !weighted_->isHidden();
}
QString VerdictCard::story() const {
    return shown_ == nullptr
               ? QString()
               : QStringList{story_->text(), details_->text()}.join(QLatin1Char(' ')).trimmed();
}

void VerdictCard::set_warnings(const QStringList& warnings) {
    warnings_ = warnings;
    while (QLayoutItem* const item = warning_lines_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString& warning : warnings) {
        auto* const line = new QWidget(warning_box_);
        auto* const row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(kGrid);
        auto* const mark = new QLabel(line);
        mark->setPixmap(
            icon_pixmap(QStringLiteral("warning"), look().warning, 16, devicePixelRatioF()));
        auto* const text = make_label(line, TextSize::Caption);
        text->setText(warning);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        row->addWidget(mark, 0, Qt::AlignTop);
        row->addWidget(text, 1);
        warning_lines_->addWidget(line);
    }
    warning_box_->setVisible(!warnings.isEmpty());
}

void VerdictCard::set_declared(const std::vector<ProvenanceHint>& hints) {
    constexpr int kShown = 160;  // characters; the File tab has everything
    const auto declares = [](const ProvenanceHint& hint) { return hint.declares_generated; };
    const auto first = std::find_if(hints.begin(), hints.end(), declares);
    declared_box_->setVisible(first != hints.end());
    declared_sentence_ =
        first == hints.end() ? QString() : QString::fromStdString(say_again(first->sentence));
    if (first == hints.end())
        return;
    QString shown = declared_sentence_;
    const bool cut = shown.size() > kShown;
    if (cut)
        shown = shown.left(shown.lastIndexOf(QLatin1Char(' '), kShown)) + QStringLiteral(" …");
    const auto more = std::count_if(hints.begin(), hints.end(), declares) - 1;
    if (more > 0)
        shown += tr(" (more under File: %1)").arg(more);
    declared_->setText(shown);
    declared_more_->setVisible(cut || more > 0);
    declared_->setToolTip(tool_tip_text(declared_sentence_));
    declared_mark_->setPixmap(
        icon_pixmap(QStringLiteral("info"), look().quiet, 16, devicePixelRatioF()));
}

void VerdictCard::set_sample(const std::string& words) {
    sample_->setText(QString::fromStdString(words));
    sample_->setVisible(!words.empty());
}

void VerdictCard::changeEvent(QEvent* event) {
    // StyleChange follows the palette change; refreshing once is enough.
    if (event->type() == QEvent::StyleChange) {
        for (AnswerBlock* const answer : answers_)
            answer->refresh_colours();
        set_warnings(warnings_);
        declared_mark_->setPixmap(
            icon_pixmap(QStringLiteral("info"), look().quiet, 16, devicePixelRatioF()));
    }
    QFrame::changeEvent(event);
}

}  // namespace dfd::ui
