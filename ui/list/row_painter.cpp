#include "ui/list/row_painter.h"

#include <QImage>
#include <QPainter>
#include <algorithm>
#include <tuple>

#include "ui/list/row_content.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kRowHeight = 8 * kGrid;
constexpr int kThumbnailSide = 6 * kGrid;
constexpr int kScoreWidth = 6 * kGrid;
constexpr int kBadgeSide = 2 * kGrid;
constexpr int kGridPicture = 14 * kGrid;  ///< side of a thumbnail in the grid
constexpr int kLineHeight = 2 * kGrid + kGrid / 2;
constexpr int kTableRowHeight = 3 * kGrid + kGrid / 2;

bool is_problem(const RowContent& content) {
    return !content.failure.isEmpty();
}

/// The answer that the row shows, if it has a score.
const RowAnswer* scored_answer(const RowContent& content) {
    const RowAnswer* const answer = content.answer();
    return answer != nullptr && answer->score ? answer : nullptr;
}

void paint_thumbnail(QPainter& painter, const QRect& box, const RowContent& content,
                     const QImage& image) {
    const double ratio = painter.device()->devicePixelRatioF();
    if (image.isNull()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look().hover);
        painter.drawRoundedRect(box, 4, 4);
        if (!content.placeholder_icon.isEmpty())
            painter.drawPixmap(
                box.center() - QPoint(11, 11),
                icon_pixmap(content.placeholder_icon,
                            is_problem(content) ? look().warning : look().faint, 24, ratio));
    } else {
        // Crop instead of fit: equal tiles align, and the whole picture is one click away.
        const QSizeF side(std::min(image.width(), image.height()),
                          std::min(image.width(), image.height()));
        const QRectF middle(
            QPointF((image.width() - side.width()) / 2, (image.height() - side.height()) / 2),
            side);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.drawImage(QRectF(box), image, middle);
    }
    if (!content.corner_icon.isEmpty()) {
        const QRect plate(box.right() - 19, box.bottom() - 19, 20, 20);
        painter.setPen(Qt::NoPen);
        painter.setBrush(look().field);
        painter.drawRoundedRect(plate, 4, 4);
        painter.drawPixmap(plate.topLeft() + QPoint(2, 2),
                           icon_pixmap(content.corner_icon, look().text, kBadgeSide, ratio));
    }
}

/// A track from 0 to 1 with gaps at the thresholds and a dot at the score, so that the verdict does
/// not depend on colour alone.
void paint_small_scale(QPainter& painter, const QRectF& box, double score,
                       const BandThresholds& thresholds) {
    std::vector<double> edges = edges_of(thresholds);
    edges.insert(edges.begin(), 0);
    edges.push_back(1);
    const double y = box.center().y();
    painter.setPen(Qt::NoPen);
    painter.setBrush(look().faint);
    for (std::size_t part = 0; part + 1 < edges.size(); ++part) {
        const double left = box.left() + edges[part] * box.width() + (part > 0 ? 1 : 0);
        const double right =
            box.left() + edges[part + 1] * box.width() - (part + 2 < edges.size() ? 1 : 0);
        if (right > left)
            painter.drawRect(QRectF(left, y - 1, right - left, 2));
    }
    painter.setBrush(band_colour(band_of(score, thresholds)));
    painter.drawEllipse(QPointF(box.left() + score * box.width(), y), 4, 4);
}

void paint_ground(QPainter& painter, const QStyleOptionViewItem& option) {
    const QRect row = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected)
        painter.fillRect(row, look().selected);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter.fillRect(row, look().hover);
    if (selected)
        painter.fillRect(
            QRect(row.left(), row.top(), 3, row.height()),
            option.state.testFlag(QStyle::State_Active) ? look().accent : look().border);
}

void paint_focus(QPainter& painter, const QStyleOptionViewItem& option) {
    if (!option.state.testFlag(QStyle::State_HasFocus) ||
        !option.state.testFlag(QStyle::State_KeyboardFocusChange))
        return;
    painter.setPen(QPen(look().accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5));
}

void paint_name(QPainter& painter, const QRect& area, const RowContent& content) {
    painter.setFont(text_font(TextSize::Body));
    painter.setPen(look().text);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(content.name, Qt::ElideMiddle, area.width()));
}

void paint_words(QPainter& painter, const QRect& area, const QString& words, bool problem) {
    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(problem ? look().warning : look().quiet);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(words, Qt::ElideRight, area.width()));
}

/// As many as fit, from the right; moves the area's right edge.
void paint_badges(QPainter& painter, QRect& area, const RowContent& content) {
    const double ratio = painter.device()->devicePixelRatioF();
    for (const RowBadge& badge : content.badges) {
        const QPoint where(area.right() - kBadgeSide + 1,
                           area.top() + (area.height() - kBadgeSide) / 2);
        painter.drawPixmap(where,
                           icon_pixmap(badge.icon, badge.is_warning ? look().warning : look().quiet,
                                       kBadgeSide, ratio));
        area.setRight(area.right() - kBadgeSide - 2);
    }
}

/// `strong`: the answer that the row shows.
void paint_score(QPainter& painter, const QRectF& area, const RowAnswer& answer,
                 bool strong = true) {
    if (!answer.score)
        return;
    painter.setFont(text_font(TextSize::Body, strong));
    painter.setPen(band_colour(band_of(*answer.score, answer.thresholds)));
    draw_digits(painter, area, answer.figure());
}

/// A thumbnail above its name and its word, with the score on the right; below them the question.
void paint_cell(QPainter& painter, const QStyleOptionViewItem& option, const RowContent& content,
                const QImage& thumbnail) {
    const QRect cell = option.rect;
    paint_thumbnail(painter,
                    {cell.left() + (cell.width() - kGridPicture) / 2, cell.top() + kGrid,
                     kGridPicture, kGridPicture},
                    content, thumbnail);
    QRect name(cell.left() + kGrid, cell.top() + kGrid + kGridPicture + 2, cell.width() - 2 * kGrid,
               kLineHeight);
    QRect words = name.translated(0, kLineHeight);
    paint_badges(painter, name, content);
    paint_name(painter, name, content);
    if (content.names_question())
        paint_words(painter, words.translated(0, kLineHeight), content.answer()->question.name,
                    false);
    if (const RowAnswer* const answer = scored_answer(content)) {
        paint_score(
            painter,
            QRectF(words.right() - kScoreWidth + 1, words.top(), kScoreWidth, words.height()),
            *answer);
        words.setRight(words.right() - kScoreWidth);
    }
    paint_words(painter, words, content.word(), is_problem(content));
}

void paint_table_row(QPainter& painter, const QStyleOptionViewItem& option,
                     const RowContent& content, const TableLayout& layout) {
    const TableColumns columns = table_columns(QRectF(option.rect), layout);
    const double ratio = painter.device()->devicePixelRatioF();
    const QString icon_name = !content.corner_icon.isEmpty() ? content.corner_icon
                              : is_problem(content)          ? content.placeholder_icon
                                                             : QString();
    if (!icon_name.isEmpty())
        painter.drawPixmap(
            columns.icon.topLeft() + QPointF(0, (columns.icon.height() - kBadgeSide) / 2),
            icon_pixmap(icon_name, is_problem(content) ? look().warning : look().text, kBadgeSide,
                        ratio));
    QRect name = columns.name.toRect();
    paint_badges(painter, name, content);
    paint_name(painter, name, content);
    const RowAnswer* const shown = scored_answer(content);
    if (columns.scores.size() == 1 && shown != nullptr)
        paint_score(painter, columns.scores.front(), *shown);
    else if (columns.scores.size() > 1)
        for (std::size_t i = 0; i < std::min(columns.scores.size(), content.answers.size()); ++i)
            paint_score(painter, columns.scores[i], content.answers[i],
                        &content.answers[i] == shown);
    if (columns.spread && shown != nullptr) {
        painter.setFont(text_font(TextSize::Body));
        painter.setPen(look().text);
        draw_digits(painter, *columns.spread, score_text(shown->spread));
    }
    const QString word =
        content.names_question() && shown != nullptr ? content.subtitle() : content.word();
    for (const auto& [column, words, problem] :
         {std::tuple{&columns.word, &word, is_problem(content)},
          std::tuple{&columns.mark, &content.mark, false},
          std::tuple{&columns.tags, &content.tags, false}})
        if (*column)
            paint_words(painter, (*column)->toRect().adjusted(kGrid, 0, 0, 0), *words, problem);
}

void paint_row(QPainter& painter, const QStyleOptionViewItem& option, const RowContent& content,
               const QImage& thumbnail) {
    const QRect row = option.rect;
    const QRect picture(row.left() + kGrid, row.top() + kGrid, kThumbnailSide, kThumbnailSide);
    paint_thumbnail(painter, picture, content, thumbnail);
    const RowAnswer* const answer = scored_answer(content);

    const int text_left = picture.right() + 1 + kGrid + kGrid / 2;
    const int text_right = row.right() - 2 * kGrid - (answer != nullptr ? kScoreWidth + kGrid : 0);
    QRect upper(text_left, picture.top() + 2, text_right - text_left, kThumbnailSide / 2 - 2);
    const QRect lower(text_left, upper.bottom() + 1, upper.width(), kThumbnailSide / 2 - 2);
    paint_badges(painter, upper, content);
    paint_name(painter, upper, content);
    paint_words(painter, lower, content.subtitle(), is_problem(content));

    if (answer != nullptr) {
        const QRect score_box(row.right() - 2 * kGrid - kScoreWidth + 1, upper.top(), kScoreWidth,
                              upper.height());
        paint_score(painter, score_box, *answer);
        paint_small_scale(painter,
                          QRectF(score_box.left(), lower.top(), kScoreWidth, lower.height()),
                          *answer->score, answer->thresholds);
    }
}

}  // namespace

QSize RowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    switch (form_) {
        case ListForm::Grid:
            return {kGridPicture + 2 * kGrid,
                    kGridPicture + 2 * kGrid + (layout_.names_question ? 3 : 2) * kLineHeight};
        case ListForm::Table:
            return {20 * kGrid, kTableRowHeight};
        case ListForm::Rows:
            break;
    }
    return {30 * kGrid, kRowHeight};
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    // The row of a case arrives within milliseconds: until then a calm empty row, no spinner.
    const auto content = index.data(RowRole::Content).value<RowContent>();
    const auto thumbnail =
        form_ == ListForm::Table ? QImage() : index.data(Qt::DecorationRole).value<QImage>();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    paint_ground(*painter, option);
    if (form_ == ListForm::Grid)
        paint_cell(*painter, option, content, thumbnail);
    else if (form_ == ListForm::Table)
        paint_table_row(*painter, option, content, layout_);
    else
        paint_row(*painter, option, content, thumbnail);
    paint_focus(*painter, option);
    painter->restore();
}

}  // namespace dfd::ui
