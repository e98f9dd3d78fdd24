#include "ui/list/row_painter.h"

#include <QPainter>
#include <algorithm>

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

void paint_thumbnail(QPainter& painter, const QRect& box, const RowContent& content) {
    const QImage& image = content.thumbnail;
    const double ratio = painter.device()->devicePixelRatioF();
    if (image.isNull()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look().hover);
        painter.drawRoundedRect(box, 4, 4);
        if (!content.placeholder_icon.isEmpty())
            painter.drawPixmap(
                box.center() - QPoint(11, 11),
                icon_pixmap(content.placeholder_icon,
                            content.problem ? look().warning : look().faint, 24, ratio));
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

void paint_row(QPainter& painter, const QStyleOptionViewItem& option, const RowContent& content) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
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

    const QRect picture(row.left() + kGrid, row.top() + kGrid, kThumbnailSide, kThumbnailSide);
    paint_thumbnail(painter, picture, content);

    const int text_left = picture.right() + 1 + kGrid + kGrid / 2;
    const int text_right = row.right() - 2 * kGrid - (content.score ? kScoreWidth + kGrid : 0);
    const QFont body = text_font(TextSize::Body);
    const QFont caption = text_font(TextSize::Caption);
    QRect upper(text_left, picture.top() + 2, text_right - text_left, kThumbnailSide / 2 - 2);
    const QRect lower(text_left, upper.bottom() + 1, upper.width(), kThumbnailSide / 2 - 2);

    const double ratio = painter.device()->devicePixelRatioF();
    for (const RowBadge& badge : content.badges) {
        const QPoint where(upper.right() - kBadgeSide + 1,
                           upper.top() + (upper.height() - kBadgeSide) / 2);
        painter.drawPixmap(where,
                           icon_pixmap(badge.icon, badge.is_warning ? look().warning : look().quiet,
                                       kBadgeSide, ratio));
        upper.setRight(upper.right() - kBadgeSide - 2);
    }
    painter.setFont(body);
    painter.setPen(look().text);
    painter.drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(body).elidedText(content.name, Qt::ElideMiddle, upper.width()));

    painter.setFont(caption);
    painter.setPen(content.problem ? look().warning : look().quiet);
    painter.drawText(
        lower, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(caption).elidedText(content.subtitle, Qt::ElideRight, lower.width()));

    if (content.score) {
        const QRect score_box(row.right() - 2 * kGrid - kScoreWidth + 1, upper.top(), kScoreWidth,
                              upper.height());
        painter.setFont(text_font(TextSize::Body, true));
        painter.setPen(band_colour(band_of(*content.score, content.thresholds)));
        draw_digits(painter, score_box, score_text(*content.score, content.thresholds));
        paint_small_scale(painter,
                          QRectF(score_box.left(), lower.top(), kScoreWidth, lower.height()),
                          *content.score, content.thresholds);
    }
    if (option.state.testFlag(QStyle::State_HasFocus) &&
        option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter.setPen(QPen(look().accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    painter.restore();
}

}  // namespace

QSize RowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {30 * kGrid, kRowHeight};
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    if (const auto content = content_of(index))
        paint_row(*painter, option, *content);
}

}  // namespace dfd::ui
