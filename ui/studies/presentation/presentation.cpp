#include "ui/studies/presentation/presentation.h"

#include <QAccessible>
#include <QApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>
#include <QVariantAnimation>
#include <algorithm>

#include "core/opinion/expert_words.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"
#include "ui/picture/heatmap_image.h"

namespace dfd::ui {
namespace {

constexpr int kVoteTime = 900;  ///< milliseconds between two votes
constexpr int kFadeTime = 500;  ///< milliseconds in which a map fades in
constexpr int kMapSide = 768;   ///< longest side of interpolated maps, in pixels
constexpr double kOpacity = 0.65;
constexpr double kPictureShare = 0.60;  ///< of the width
constexpr double kSmallest = 0.55;      ///< of a font's size, before a line is cut off
// In hundredths of the screen's height.
constexpr double kStory = 2.4, kLeastStory = 1.8;  ///< size of its letters
constexpr double kRow = 4, kLeastRow = 2.2;        ///< height of an expert's row

/// Sizes are relative to the screen height, so that text is readable from the back of a room.
QFont large_font(double pixels, bool strong = false) {
    QFont font = text_font(TextSize::Body, strong);
    font.setPixelSize(std::max(12, static_cast<int>(pixels)));
    return font;
}

/// Of wrapped text.
double height_of(const QString& words, double pixels, double width) {
    return QFontMetricsF(large_font(pixels))
        .boundingRect(QRectF(0, 0, width, 1e6), Qt::AlignLeft | Qt::TextWordWrap, words)
        .height();
}

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
    const bool another = slide.id != slide_.id;
    const bool had_opinion = opinion() != nullptr;
    const bool newer = slide.examination != slide_.examination;
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
        map_ = {};
    } else if (verdict_shown_ && newer) {
        show_map(kMeanMap);
    }
    if (another || had_opinion != (opinion() != nullptr))
        announce();
    update();
}

// --- navigation

void Presentation::advance() {
    votes_->stop();
    if (opinion() == nullptr || verdict_shown_)
        Q_EMIT step_requested(1);
    else
        next_vote();
}

void Presentation::go_back() {
    votes_->stop();
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
        map_ = {};
    } else {
        show_map(voted_ - 1);
    }
    announce();
    update();
}

void Presentation::show_verdict() {
    votes_->stop();
    voted_ = experts();
    verdict_shown_ = true;
    show_map(kMeanMap);
    announce();
    update();
}

void Presentation::show_map(int choice) {
    map_ = {};
    if (const PanelOpinion* const found = opinion()) {
        QSize size = slide_.picture ? slide_.picture->size() : slide_.preview.size();
        size.scale(kMapSide, kMapSide, Qt::KeepAspectRatio);
        const HeatMap map = selected_map(*found, choice);
        const bool assessed = out_of_scope(*found, question_of_map(*found, choice)).empty();
        map_ = colour_heatmap(map, scale_maximum(*found, choice, MapScale::Common),
                              ColourMap::Inferno, kOpacity, size);
        if (const QImage line =
                map_.isNull() || !assessed ? QImage() : contour(map, strongest_level(map), size);
            !line.isNull())
            QPainter(&map_).drawImage(0, 0, line);
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

QString Presentation::story(const QRectF& room, double size) const {
    StageStory all = whole_story();
    const auto fits = [&] { return height_of(all.words(), size, room.width()) <= room.height(); };
    while (!all.more.isEmpty() && !fits())
        all.more.removeLast();
    if (!fits())
        all.verdict.clear();  // it stands above in large letters
    return all.words();
}

QString Presentation::accessible_text() const {
    if (blank_)
        return tr("The screen is blank. Press B to go on.");
    QStringList words{slide_.name, slide_.position};
    const PanelOpinion* const found = opinion();
    if (found == nullptr) {
        words.append(slide_.waiting);
    } else if (verdict_shown_) {
        words.append(whole_story().words());
    } else {
        for (int i = 0; i < voted_; ++i)
            words.append(
                vote_words(*found, found->experts[static_cast<std::size_t>(i)], slide_.bands));
        if (voted_ == 0)
            words.append(experts() == 1 ? tr("One expert has not voted yet")
                                        : tr("%1 experts have not voted yet").arg(experts()));
    }
    words.removeAll(QString());
    return words.join(QStringLiteral(". "));
}

void Presentation::announce() {
    setAccessibleDescription(accessible_text());
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

// --- painting

void Presentation::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    all_fit_ = true;
    if (blank_) {
        painter.fillRect(rect(), Qt::black);
        return;
    }
    painter.fillRect(rect(), look().canvas);
    const double split = std::round(width() * kPictureShare);
    paint_picture(painter, QRectF(0, 0, split, height()));
    const QRectF side(split, 0, width() - split, height());
    painter.fillRect(side, look().pane);
    const double margin = height() / 24.0;
    paint_panel(painter, side.adjusted(margin, margin, -margin, -margin));
    if (keys_shown_)
        paint_keys(painter);
}

double Presentation::paint_line(QPainter& painter, const QRectF& area, QFont font,
                                const QString& words, Qt::TextElideMode mode) const {
    const double height = QFontMetricsF(font).height();
    const int full = font.pixelSize();
    while (font.pixelSize() > kSmallest * full && font.pixelSize() > 12 &&
           QFontMetricsF(font).horizontalAdvance(words) > area.width())
        font.setPixelSize(font.pixelSize() - 1);
    const QFontMetricsF metrics(font);
    if (metrics.horizontalAdvance(words) > area.width() && mode == Qt::ElideRight)
        all_fit_ = false;
    painter.setFont(font);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(words, mode, area.width()));
    return height;
}

void Presentation::paint_keys(QPainter& painter) const {
    const double unit = height() / 100.0;
    const std::pair<QString, QString> keys[] = {
        {tr("Right, space, click"), tr("next expert, verdict, next picture")},
        {tr("Left, backspace"), tr("one step back")},
        {tr("A"), tr("all votes by themselves")},
        {tr("Up, down"), tr("another picture")},
        {tr("Home"), tr("start the vote again")},
        {tr("B"), tr("blank the screen")},
        {tr("?"), tr("show or hide these keys")},
        {tr("Esc"), tr("leave")}};
    const double row = 6 * unit;
    const QSizeF size(std::min(width() * 0.8, 120 * unit),
                      row * static_cast<double>(std::size(keys)) + 6 * unit);
    const QRectF box(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size);
    painter.setPen(QPen(look().border, 2));
    painter.setBrush(look().field);
    painter.drawRoundedRect(box, unit, unit);
    const double middle = box.left() + box.width() * 0.36;
    double top = box.top() + 3 * unit;
    for (const auto& [key, what] : keys) {
        painter.setPen(look().text);
        paint_line(painter, QRectF(box.left() + 4 * unit, top, middle - box.left() - 5 * unit, row),
                   large_font(3 * unit, true), key);
        paint_line(painter, QRectF(middle, top, box.right() - middle - 3 * unit, row),
                   large_font(3 * unit), what);
        top += row;
    }
}

void Presentation::paint_picture(QPainter& painter, const QRectF& area) const {
    const QSize full = slide_.picture ? slide_.picture->size() : slide_.preview.size();
    if (full.isEmpty())
        return;
    const double margin = height() / 36.0;
    const QRectF room = area.adjusted(margin, margin, -margin, -margin);
    const QSizeF size = QSizeF(full).scaled(room.size(), Qt::KeepAspectRatio);
    const QRectF target(room.center() - QPointF(size.width() / 2, size.height() / 2), size);
    const QImage& shown =
        slide_.picture
            ? slide_.picture->level_for(size.width() * devicePixelRatioF() / full.width())
            : slide_.preview;
    if (map_.isNull()) {
        painter.drawImage(target, shown, QRectF(shown.rect()));
    } else {
        const QSize pixels = (target.size() * devicePixelRatioF()).toSize();
        painter.drawImage(target, map_base(shown.scaled(pixels, Qt::IgnoreAspectRatio,
                                                        Qt::SmoothTransformation)));
        painter.setOpacity(
            fade_->state() == QAbstractAnimation::Running ? fade_->currentValue().toDouble() : 1.0);
        painter.drawImage(target, map_, QRectF(map_.rect()));
        painter.setOpacity(1);
    }
}

void Presentation::paint_panel(QPainter& painter, const QRectF& area) const {
    const double unit = height() / 100.0;
    double top = area.top();
    const auto line = [&](const QFont& font, const QColor& colour, const QString& words,
                          Qt::TextElideMode mode = Qt::ElideRight) {
        painter.setPen(colour);
        top += paint_line(painter,
                          QRectF(area.left(), top, area.width(), QFontMetricsF(font).height()),
                          font, words, mode);
    };
    line(large_font(3 * unit), look().quiet, slide_.position);
    line(large_font(4 * unit, true), look().text, slide_.name, Qt::ElideMiddle);
    top += 2 * unit;
    const PanelOpinion* const found = opinion();
    if (found == nullptr) {
        painter.setPen(look().text);
        paint_words(painter, QRectF(area.left(), top, area.width(), area.bottom() - top),
                    3.5 * unit, 1.8 * unit, slide_.waiting);
        return;
    }
    const bool several = !found->answers.empty();
    // The word stands beside it.
    const QFont figure = large_font(std::min((several ? 7 : 13) * unit, area.width() / 5), true);
    const double verdict = static_cast<double>(questions_of(*found)) *
                           (QFontMetricsF(figure).height() +
                            (several ? QFontMetricsF(large_font(3 * unit)).height() : 0.0));
    const QString below =
        tr("%1 %2 A score is not the probability that a picture is fake.")
            .arg(slide_.panel.endsWith(QLatin1Char('?')) ? slide_.panel
                                                         : slide_.panel + QLatin1Char('.'),
                 slide_.caution)
            .simplified();
    const double foot = height_of(below, 2 * unit, area.width());
    const double row =
        row_height(area.bottom() - top - verdict - foot - 5 * unit, area.width(), unit);
    if (verdict_shown_) {
        for (std::size_t q = 0; q < questions_of(*found); ++q) {
            if (several)
                line(large_font(3 * unit), look().text,
                     QString::fromStdString(found->answers[q].text));
            const bool answered = is_answered(*found, q);
            const double score = several ? found->answers[q].score : found->score;
            const Band band = band_of(*found, q, slide_.bands);
            const bool figured = answered && band != Band::NoAssessment;
            painter.setFont(figure);
            painter.setPen(answered ? band_colour(band) : look().quiet);
            const QString text =
                figured ? score_text(score, slide_.bands.of(q)) : QStringLiteral("–");
            const double tall = QFontMetricsF(figure).height();
            const double wide = digits_width(figure, text);
            draw_digits(painter, QRectF(area.left(), top, wide, tall), text, Qt::AlignLeft);
            paint_line(
                painter,
                QRectF(area.left() + wide + 2 * unit, top, area.width() - wide - 2 * unit, tall),
                large_font(5 * unit, true), answered ? band_text(band) : tr("not answered"));
            top += tall;
        }
    } else {
        line(large_font(5 * unit), look().quiet,
             voted_ == 0 ? tr("What do the experts say?")
                         : tr("%1 of %2 have voted").arg(voted_).arg(experts()));
    }
    top += 2 * unit;
    const int rows = experts() + headings(*found);
    paint_experts(painter, QRectF(area.left(), top, area.width(), row * rows));
    top += row * rows + 2 * unit;
    painter.setPen(look().quiet);
    paint_words(painter, QRectF(area.left(), area.bottom() - foot, area.width(), foot), 2 * unit,
                2 * unit, below);
    if (verdict_shown_) {
        const QRectF room(area.left(), top, area.width(), area.bottom() - foot - unit - top);
        painter.setPen(look().text);
        paint_words(painter, room, 3.2 * unit, kLeastStory * unit, story(room, kStory * unit));
    }
}

double Presentation::row_height(double room, double width, double unit) const {
    const int rows = std::max(1, experts() + headings(*opinion()));
    const QString counts = whole_story().counts.join(QLatin1Char(' '));
    const auto each = [&](double size) { return (room - height_of(counts, size, width)) / rows; };
    const double wanted = each(kStory * unit);
    return wanted >= kRow * unit
               ? std::min(8 * unit, wanted)
               : std::clamp(each(kLeastStory * unit), kLeastRow * unit, kRow * unit);
}

void Presentation::paint_words(QPainter& painter, const QRectF& room, double size, double least,
                               const QString& words) const {
    while (size > least && height_of(words, size, room.width()) > room.height())
        size = std::max(least, 0.94 * size);
    if (height_of(words, size, room.width()) > room.height() + 0.5)
        all_fit_ = false;
    painter.setFont(large_font(size));
    painter.drawText(room, Qt::AlignLeft | Qt::TextWordWrap, words);
}

void Presentation::paint_experts(QPainter& painter, const QRectF& area) const {
    const PanelOpinion& found = *opinion();
    const double row = area.height() / std::max(1, experts() + headings(found));
    const QFont font = large_font(std::min(row * 0.5, height() / 32.0));
    const QFontMetricsF metrics(font);
    const double figures = digits_width(font, QStringLiteral("0.00")) + row * 0.2;
    double vote = row * 0.2;
    for (const ExpertOpinion& expert : found.experts)
        if (expert.available())
            vote = std::max(
                vote,
                metrics.horizontalAdvance(vote_of(found, expert, slide_.bands).word) + row * 0.2);
    const double names = area.width() * 0.38;
    const double left = area.left() + names, right = area.right() - figures - vote;
    double next = area.top();
    for (int i = 0; i < experts(); ++i) {
        const ExpertOpinion& expert = found.experts[static_cast<std::size_t>(i)];
        const bool seen = i < voted_;
        if (is_headed(found, static_cast<std::size_t>(i))) {
            painter.setPen(look().quiet);
            paint_line(painter, QRectF(area.left(), next, area.width(), row), font,
                       QString::fromStdString(found.answers[expert.question].text));
            next += row;
        }
        const double top = next, middle = top + row / 2;
        next += row;
        painter.setPen(seen ? look().text : look().quiet);
        paint_line(painter, QRectF(area.left(), top, names - row * 0.2, row), font,
                   QString::fromStdString(expert.name));
        painter.setFont(font);
        const double thick = row * 0.16;
        painter.setPen(Qt::NoPen);
        painter.setBrush(look().line);
        painter.drawRect(QRectF(left, middle - thick / 2, right - left, thick));
        painter.setBrush(look().quiet);
        const double centre = left + kVoteThreshold * (right - left);
        painter.drawRect(QRectF(centre - 1, middle - thick, 2, 2 * thick));
        if (!seen)
            continue;
        if (beyond_gate(found, expert)) {  // no vote
            painter.setPen(look().quiet);
            draw_digits(painter, QRectF(right, top, figures, row), tr("n/a"));
            continue;
        }
        if (!expert.available()) {
            painter.setPen(look().quiet);
            painter.drawText(QRectF(right, top, figures + row * 0.2 + vote, row),
                             Qt::AlignLeft | Qt::AlignVCenter, tr("no opinion"));
            continue;
        }
        if (!out_of_scope(found, expert.question).empty()) {
            painter.setPen(look().quiet);
            draw_digits(painter, QRectF(right, top, figures, row), QStringLiteral("–"));
            continue;
        }
        const Vote said = vote_of(found, expert, slide_.bands);
        const double at = left + expert.score * (right - left);
        painter.setBrush(said.colour);
        painter.drawRect(QRectF(QPointF(std::min(at, centre), middle - thick / 2),
                                QPointF(std::max(at, centre), middle + thick / 2)));
        painter.drawEllipse(QPointF(at, middle), row * 0.16, row * 0.16);
        painter.setPen(said.colour);
        draw_digits(painter, QRectF(right, top, figures, row), said.figure);
        const double word = right + figures + row * 0.2;
        paint_line(painter, QRectF(word, top, area.right() - word + 1, row), font, said.word);
    }
}

// --- keys

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
