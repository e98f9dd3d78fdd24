#include "ui/studies/presentation/presentation.h"

#include <QAccessible>
#include <QApplication>
#include <QKeyEvent>
#include <QTimer>
#include <QVariantAnimation>

#include "core/opinion/expert_words.h"

namespace dfd::ui {
namespace {

constexpr int kVoteTime = 900;   ///< milliseconds between two votes
constexpr int kFadeTime = 500;   ///< milliseconds in which a map fades in
constexpr int kMapSide = 768;    ///< longest side of interpolated maps, in pixels
constexpr int kHintTime = 3000;  ///< milliseconds in which the stage says how to see its keys

}  // namespace

Presentation::Presentation(QWidget* parent)
    : QWidget(parent, Qt::Window),
      animated_(QApplication::isEffectEnabled(Qt::UI_General)),
      votes_(new QTimer(this)),
      fade_(new QVariantAnimation(this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Presentation – DeepFakeDefenders"));
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Presentation"));
    votes_->setInterval(kVoteTime);
    connect(votes_, &QTimer::timeout, this, &Presentation::next_vote);
    fade_->setStartValue(0.0);
    fade_->setEndValue(1.0);
    fade_->setDuration(kFadeTime);
    connect(fade_, &QVariantAnimation::valueChanged, this, qOverload<>(&QWidget::update));
}

const PanelOpinion* Presentation::opinion() const {
    return titled_ ? &*titled_ : nullptr;
}

int Presentation::experts() const {
    return opinion() == nullptr ? 0 : static_cast<int>(opinion()->experts.size());
}

void Presentation::show_slide(const Slide& slide) {
    const bool another = slide.key != slide_.key;
    const bool had_opinion = opinion() != nullptr;
    const bool newer = slide.examination != slide_.examination;
    const bool other_map = newer || slide.supports != slide_.supports;
    slide_ = slide;
    if (newer)
        titled_ = slide.examination && slide.examination->opinion
                      ? std::optional(with_titles(*slide.examination->opinion))
                      : std::nullopt;
    if (another) {
        votes_->stop();
        fade_->stop();
        voted_ = 0;
        verdict_shown_ = false;
        hide_map();
    } else if (verdict_shown_ && other_map) {
        show_map(kMeanMap);
    }
    if (another || had_opinion != (opinion() != nullptr))
        announce();
    update();
}

// --- navigation

void Presentation::advance() {
    votes_->stop();
    if (verdict_shown_ && page_ + 1 < pages())
        show_page(page_ + 1);
    else if (opinion() == nullptr || verdict_shown_)
        Q_EMIT step_requested(1);
    else
        next_vote();
}

void Presentation::go_back() {
    votes_->stop();
    if (verdict_shown_ && page_ > 0)
        return show_page(page_ - 1);
    if (verdict_shown_)
        verdict_shown_ = false;
    else if (voted_ > 0)
        --voted_;
    else
        return Q_EMIT step_requested(-1);
    show_step();
}

void Presentation::restart() {
    votes_->stop();
    voted_ = 0;
    verdict_shown_ = false;
    show_step();
}

void Presentation::play_votes() {
    if (opinion() == nullptr || verdict_shown_)
        return;
    if (!animated_) {
        show_verdict();
        return;
    }
    votes_->start();
    next_vote();
}

void Presentation::next_vote() {
    if (voted_ >= experts()) {
        show_verdict();
        return;
    }
    ++voted_;
    show_step();
}

void Presentation::show_step() {
    if (voted_ == 0) {
        fade_->stop();
        hide_map();
    } else {
        show_map(voted_ - 1);
    }
    announce();
    update();
}

void Presentation::show_page(int page) {
    page_ = page;
    announce();
    update();
}

void Presentation::show_verdict() {
    votes_->stop();
    voted_ = experts();
    verdict_shown_ = true;
    page_ = 0;
    show_map(kMeanMap);
    announce();
    update();
}

void Presentation::hide_map() {
    map_ = {};
    map_note_.clear();
}

void Presentation::show_map(int choice) {
    hide_map();
    if (const PanelOpinion* const found = opinion()) {
        QSize size = slide_.picture ? slide_.picture->size() : slide_.preview.size();
        size.scale(kMapSide, kMapSide, Qt::KeepAspectRatio);
        const MapStanding standing = standing_of(*found, choice, slide_.supports);
        map_ = standing_heatmap(selected_map(*found, choice), standing,
                                scale_maximum(*found, choice, MapScale::Own), slide_.colours,
                                slide_.opacity, size);
        map_note_ = standing_text(standing);
    }
    fade_->stop();
    if (animated_)
        fade_->start();
    update();
}

// --- words

StageStory Presentation::whole_story() const {
    return opinion() == nullptr ? StageStory()
                                : stage_story(*opinion(), slide_.examination->warnings,
                                              slide_.bands, slide_.firmness);
}

QString Presentation::accessible_text() const {
    if (blank_)
        return tr("The screen is blank. Press B to go on.");
    QStringList words{slide_.name, slide_.position};
    const PanelOpinion* const found = opinion();
    if (found == nullptr) {
        words.append(slide_.waiting);
    } else if (verdict_shown_) {
        words.append(page_ == 0 ? whole_story().words() : story_pages().words.value(page_));
    } else {
        for (int i = 0; i < voted_; ++i)
            words.append(
                vote_words(*found, found->experts[static_cast<std::size_t>(i)], slide_.bands));
        if (voted_ == 0)
            words.append(experts() == 1 ? tr("One expert has not voted yet")
                                        : tr("%1 experts have not voted yet").arg(experts()));
    }
    words.append(map_note_);
    if (keys_hinted_ && map_.isNull())
        words.append(tr("? shows the keys"));
    words.removeAll(QString());
    return words.join(QStringLiteral(". "));
}

void Presentation::announce() {
    setAccessibleDescription(accessible_text());
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

// --- keys

void Presentation::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    QTimer::singleShot(kHintTime, this, [this] {
        keys_hinted_ = false;
        update();
    });
}

void Presentation::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_B || event->key() == Qt::Key_Period) {
        blank_ = !blank_;
        votes_->stop();
        announce();
        update();
        return;
    }
    if (event->key() == Qt::Key_Escape && keys_shown_) {
        keys_shown_ = false;
        update();
        return;
    }
    if (blank_ && event->key() != Qt::Key_Escape)
        return;  // nobody sees what it would do
    switch (event->key()) {
        case Qt::Key_Escape:
            close();
            return;
        case Qt::Key_Question:
        case Qt::Key_F1:
            keys_shown_ = !keys_shown_;
            update();
            return;
        case Qt::Key_A:
            play_votes();
            return;
        case Qt::Key_Right:
        case Qt::Key_Space:
        case Qt::Key_PageDown:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            advance();
            return;
        case Qt::Key_Left:
        case Qt::Key_Backspace:
        case Qt::Key_PageUp:
            go_back();
            return;
        case Qt::Key_Down:
            Q_EMIT step_requested(1);
            return;
        case Qt::Key_Up:
            Q_EMIT step_requested(-1);
            return;
        case Qt::Key_Home:
            restart();
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

void Presentation::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !blank_)
        advance();
}

void Presentation::closeEvent(QCloseEvent* event) {
    votes_->stop();
    fade_->stop();
    QWidget::closeEvent(event);
}

}  // namespace dfd::ui
