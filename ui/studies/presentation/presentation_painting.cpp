// The painting of a presentation: the picture beside what its experts say, and the keys.
#include <QPainter>
#include <QVariantAnimation>
#include <algorithm>
#include <cmath>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"
#include "ui/picture/heatmap_image.h"
#include "ui/studies/presentation/presentation.h"

namespace dfd::ui {
namespace {

constexpr double kPictureShare = 0.60;  ///< of the width
constexpr double kSmallest = 0.55;      ///< of a font's size, before a line is cut off
// In hundredths of the screen's height.
constexpr double kStory = 2.4, kLeastStory = 1.8;  ///< size of its letters
constexpr double kRow = 4, kLeastRow = 2.2;        ///< height of an expert's row
constexpr double kLegend = 3.6;                    ///< height of each line below the picture

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
    const double legend = 2 * kLegend * height() / 100;
    const double edge = height() / 36.0;
    paint_picture(painter, QRectF(0, 0, split, height() - legend));
    paint_legend(painter, QRectF(edge, height() - legend - edge / 2, split - 2 * edge, legend));
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

void Presentation::paint_legend(QPainter& painter, const QRectF& area) const {
    const double unit = height() / 100.0;
    const QFont font = large_font(2.6 * unit);
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
                     QString::fromStdString(say(found->answers[q].text)));
            const bool answered = is_answered(*found, q);
            const double score = several ? found->answers[q].score : found->score;
            const Band band = band_of(*found, q, slide_.bands);
            const bool figured = answered && band != Band::NoAssessment;
            painter.setFont(figure);
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

QString Presentation::story(const QRectF& room, double size) const {
    StageStory all = whole_story();
    const auto fits = [&] { return height_of(all.words(), size, room.width()) <= room.height(); };
    while (!all.more.isEmpty() && !fits())
        all.more.removeLast();
    if (!fits())
        all.verdict.clear();  // it stands above in large letters
    return all.words();
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
                       QString::fromStdString(say(found.answers[expert.question].text)));
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

}  // namespace dfd::ui
