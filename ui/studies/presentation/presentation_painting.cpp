// The painting of a presentation: the picture beside what its experts say, and the keys.
#include <QPainter>
#include <QVariantAnimation>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"
#include "ui/picture/heatmap_image.h"
#include "ui/studies/presentation/presentation.h"

namespace dfd::ui {
namespace {

constexpr double kPictureShare = 0.50;  ///< of the width
constexpr double kSmallest = 0.55;      ///< of a font's size, before a line is cut off
// In hundredths of the screen's height.
constexpr double kText = 3.65;      ///< size of letters that are read from the last row: a 28th
constexpr double kLeastText = 2.4;  ///< of a sentence that fills more than a step
constexpr double kName = 4.2;       ///< size of the letters of a picture's name
constexpr double kRow = 4.8;        ///< largest height of an expert's row
constexpr double kLegend = 4.8;     ///< height of each line below the picture
constexpr double kGap = 1.5;

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

double line_height(double pixels, bool strong = false) {
    return QFontMetricsF(large_font(pixels, strong)).height();
}

/// The score's.
QFont figure_font(bool several, double unit, double width) {
    return large_font(std::min((several ? 6.5 : 13) * unit, width / 5), true);
}

}  // namespace

void Presentation::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    all_fit_ = true;
    smallest_ = height();
    if (blank_) {
        painter.fillRect(rect(), Qt::black);
        return;
    }
    painter.fillRect(rect(), look().canvas);
    const double split = std::round(width() * kPictureShare);
    const double legend = 2 * kLegend * height() / 100;
    const double edge = height() / 36.0;
    paint_picture(painter, QRectF(0, 0, split, height() - legend));
    paint_legend(painter, QRectF(edge, height() - legend - edge / 2, split - 2 * edge, legend));
    painter.fillRect(QRectF(split, 0, width() - split, height()), look().pane);
    paint_panel(painter, panel_area());
    if (keys_shown_)
        paint_keys(painter);
}

QRectF Presentation::panel_area() const {
    const double split = std::round(width() * kPictureShare), margin = height() / 24.0;
    return QRectF(split, 0, width() - split, height()).adjusted(margin, margin, -margin, -margin);
}

void Presentation::set_font(QPainter& painter, const QFont& font) const {
    smallest_ = std::min(smallest_, font.pixelSize());
    painter.setFont(font);
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
    set_font(painter, font);
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
                   large_font(kText * unit, true), key);
        paint_line(painter, QRectF(middle, top, box.right() - middle - 3 * unit, row),
                   large_font(kText * unit), what);
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

void Presentation::paint_legend(QPainter& painter, const QRectF& area) const {
    const double unit = height() / 100.0;
    const QFont font = large_font(kText * unit);
    const QFontMetricsF metrics(font);
    const QRectF line(area.left(), area.top(), area.width(), area.height() / 2);
    painter.setPen(look().quiet);
    if (map_.isNull() && keys_hinted_)
        paint_line(painter, line, font, tr("? shows the keys"));
    if (!map_.isNull()) {
        const QString low = tr("weak"), high = tr("strong");
        const double gap = 1.5 * unit;
        const double room = std::max(
            0.0, area.width() - 2 * gap - metrics.horizontalAdvance(low + high) - 2 * unit);
        const QRectF bar(area.left() + metrics.horizontalAdvance(low) + gap,
                         line.center().y() - unit, std::min(40 * unit, room), 2 * unit);
        paint_line(painter, line, font, low);
        paint_line(
            painter,
            QRectF(bar.right() + gap, line.top(), line.right() - bar.right() - gap, line.height()),
            font, high);
        QLinearGradient gradient(bar.topLeft(), bar.topRight());
        gradient.setStops(colour_stops(slide_.colours));
        painter.fillRect(bar, gradient);
    }
    painter.setPen(look().text);
    paint_line(painter, line.translated(0, line.height()), font, map_note_);
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
    line(large_font(kText * unit), look().quiet, slide_.position);
    line(large_font(kName * unit, true), look().text, slide_.name, Qt::ElideMiddle);
    top += kGap * unit;
    const PanelOpinion* const found = opinion();
    if (found == nullptr) {
        painter.setPen(look().text);
        paint_words(painter, QRectF(area.left(), top, area.width(), area.bottom() - top),
                    kName * unit, kText * unit, slide_.waiting);
        return;
    }
    const bool several = !found->answers.empty();
    // The word stands beside it.
    const QFont figure = figure_font(several, unit, area.width());
    const QString below = foot();
    const double foot_top = area.bottom() - height_of(below, kText * unit, area.width());
    if (verdict_shown_) {
        for (std::size_t q = 0; q < questions_of(*found); ++q) {
            if (several)
                line(large_font(kText * unit), look().text,
                     QString::fromStdString(say(found->answers[q].text)));
            const bool answered = is_answered(*found, q);
            const double score = several ? found->answers[q].score : found->score;
            const Band band = band_of(*found, q, slide_.bands);
            const bool figured = answered && band != Band::NoAssessment;
            set_font(painter, figure);
            painter.setPen(answered ? band_colour(band) : look().quiet);
            const QString text = figured ? score_text(score, bands_for(*found, q, slide_.bands))
                                         : QStringLiteral("–");
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
    top += kGap * unit;
    const Pages pages = story_pages();
    if (shows_experts(pages)) {
        paint_experts(painter, QRectF(area.left(), top, area.width(), experts_height()));
        top += experts_height() + kGap * unit;
    }
    painter.setPen(look().quiet);
    paint_words(painter, QRectF(area.left(), foot_top, area.width(), area.bottom() - foot_top),
                kText * unit, kText * unit, below);
    if (verdict_shown_) {
        const QRectF room(area.left(), top, area.width(), foot_top - unit - top);
        painter.setPen(look().text);
        paint_words(painter, room, kText * unit, kLeastText * unit,
                    pages.words.value(std::min(page_, static_cast<int>(pages.words.size()) - 1)));
    }
}

QString Presentation::foot() const {
    // The caution names the panel, too.
    const QString about = !slide_.caution.isEmpty() ? slide_.caution
                          : slide_.panel.isEmpty() || slide_.panel.endsWith(QLatin1Char('?'))
                              ? slide_.panel
                              : slide_.panel + QLatin1Char('.');
    return tr("%1 A score is not the probability that a picture is fake.").arg(about).simplified();
}

double Presentation::verdict_height() const {
    const double unit = height() / 100.0;
    const bool several = !opinion()->answers.empty();
    const double one = QFontMetricsF(figure_font(several, unit, panel_area().width())).height() +
                       (several ? line_height(kText * unit) : 0.0);
    return static_cast<double>(questions_of(*opinion())) * one;
}

double Presentation::room_left() const {
    const double unit = height() / 100.0;
    const QRectF area = panel_area();
    const double head = line_height(kText * unit) + line_height(kName * unit, true);
    return area.height() - head - verdict_height() - height_of(foot(), kText * unit, area.width()) -
           (2 * kGap + 1) * unit;
}

double Presentation::experts_height() const {
    const int rows = experts() + headings(*opinion());
    const double gap = kGap * height() / 100.0;
    return std::min(rows * kRow * height() / 100.0, std::max(0.0, room_left() - gap));
}

Presentation::Pages Presentation::story_pages() const {
    constexpr int kEveryPage = std::numeric_limits<int>::max();
    Pages pages;
    if (opinion() == nullptr)
        return pages;
    const double unit = height() / 100.0;
    const double width = panel_area().width();
    const StageStory story = whole_story();
    const auto fits = [&](const QString& words, double room) {
        return height_of(words, kText * unit, width) <= room;
    };
    const double beside = room_left() - experts_height() - kGap * unit;
    const bool large = experts_height() >= (experts() + headings(*opinion())) * kRow * unit;
    pages.with_rows = fits(story.counts.join(QLatin1Char(' ')), beside) ? kEveryPage
                      : large                                           ? 1
                                                                        : 0;
    pages.words.append(QString());
    // The verdict stands above in large letters.
    for (const QString& sentence : story.counts + story.verdict + story.more) {
        const bool rows = pages.words.size() <= pages.with_rows;
        const bool empty = pages.words.last().isEmpty();
        const QString longer = empty ? sentence : pages.words.last() + QLatin1Char(' ') + sentence;
        if (fits(longer, rows ? beside : room_left()) || (empty && !rows))
            pages.words.last() = longer;
        else
            pages.words.append(sentence);
    }
    return pages;
}

void Presentation::paint_words(QPainter& painter, const QRectF& room, double size, double least,
                               const QString& words) const {
    while (size > least && height_of(words, size, room.width()) > room.height())
        size = std::max(least, 0.94 * size);
    if (!words.isEmpty() && height_of(words, size, room.width()) > room.height() + 0.5)
        all_fit_ = false;
    set_font(painter, large_font(size));
    painter.drawText(room, Qt::AlignLeft | Qt::TextWordWrap, words);
}

void Presentation::paint_experts(QPainter& painter, const QRectF& area) const {
    const PanelOpinion& found = *opinion();
    const double row = area.height() / std::max(1, experts() + headings(found));
    const QFont font = large_font(std::min(row * 0.78, kText * height() / 100.0));
    const QFontMetricsF metrics(font);
    const double figures = digits_width(font, QStringLiteral("0.00")) + row * 0.2;
    double vote = row * 0.2;
    for (const ExpertOpinion& expert : found.experts)
        if (expert.available())
            vote = std::max(
                vote,
                metrics.horizontalAdvance(vote_of(found, expert, slide_.bands).word) + row * 0.2);
    vote = std::min(vote, area.width() * 0.3);
    const double names = area.width() * 0.36;
    const double left = area.left() + names, right = area.right() - figures - vote;
    double next = area.top();
    for (int i = 0; i < experts(); ++i) {
        const ExpertOpinion& expert = found.experts[static_cast<std::size_t>(i)];
        const bool seen = i < voted_;
        if (is_headed(found, static_cast<std::size_t>(i))) {
            painter.setPen(look().quiet);
            paint_line(painter, QRectF(area.left(), next, area.width(), row), font,
                       QString::fromStdString(say(found.answers[expert.question].text)));
            next += row;
        }
        const double top = next, middle = top + row / 2;
        next += row;
        painter.setPen(seen ? look().text : look().quiet);
        paint_line(painter, QRectF(area.left(), top, names - row * 0.2, row), font,
                   QString::fromStdString(expert.name));
        set_font(painter, font);
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

}  // namespace dfd::ui
