#include "ui/exhibit_delegate.h"

#include <QPainter>
#include <QSortFilterProxyModel>
#include <algorithm>

#include "ui/appearance.h"
#include "ui/exhibit_model.h"
#include "ui/figures.h"
#include "ui/icons.h"
#include "ui/wording.h"

namespace dfd::ui {
namespace {

constexpr int kRowHeight = 8 * kGrid;
constexpr int kThumbnailSide = 6 * kGrid;
constexpr int kScoreWidth = 6 * kGrid;

const ExhibitModel* model_behind(const QModelIndex& index) {
    const QAbstractItemModel* model = index.model();
    while (const auto* const proxy = qobject_cast<const QSortFilterProxyModel*>(model))
        model = proxy->sourceModel();
    return qobject_cast<const ExhibitModel*>(model);
}

void paint_thumbnail(QPainter& painter, const QRect& box, const QImage& image,
                     const Exhibit& exhibit) {
    if (image.isNull()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look().hover);
        painter.drawRoundedRect(box, 4, 4);
        const bool failed = exhibit.state == ExaminationState::Failed;
        const QPixmap mark = icon_pixmap(failed ? QStringLiteral("error") : QStringLiteral("clock"),
                                         failed ? look().warning : look().faint, 24,
                                         painter.device()->devicePixelRatioF());
        painter.drawPixmap(box.center() - QPoint(11, 11), mark);
        return;
    }
    // Filled, not fitted: equal tiles align, and the whole picture is one click away.
    const QSizeF side(std::min(image.width(), image.height()),
                      std::min(image.width(), image.height()));
    const QRectF middle(
        QPointF((image.width() - side.width()) / 2, (image.height() - side.height()) / 2), side);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(QRectF(box), image, middle);
}

/// A track from 0 to 1 with the thresholds as gaps and the score as a dot: position says it too.
void paint_small_scale(QPainter& painter, const QRectF& box, double score) {
    const BandThresholds thresholds;
    const double edges[] = {0, thresholds.real_below, thresholds.fake_from, 1};
    const double y = box.center().y();
    painter.setPen(Qt::NoPen);
    painter.setBrush(look().faint);
    for (int part = 0; part < 3; ++part) {
        const double left = box.left() + edges[part] * box.width() + (part > 0 ? 1 : 0);
        const double right = box.left() + edges[part + 1] * box.width() - (part < 2 ? 1 : 0);
        painter.drawRect(QRectF(left, y - 1, right - left, 2));
    }
    painter.setBrush(band_colour(band_of(score)));
    painter.drawEllipse(QPointF(box.left() + score * box.width(), y), 4, 4);
}

}  // namespace

QSize ExhibitDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {30 * kGrid, kRowHeight};
}

void ExhibitDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const ExhibitModel* const model = model_behind(index);
    const Exhibit* const exhibit =
        model == nullptr ? nullptr : model->find(index.data(ExhibitModel::IdRole).toULongLong());
    if (exhibit == nullptr)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected)
        painter->fillRect(row, look().selected);
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(row, look().hover);
    if (selected && option.state.testFlag(QStyle::State_Active))
        painter->fillRect(QRect(row.left(), row.top(), 3, row.height()), look().accent);

    const QRect picture(row.left() + kGrid, row.top() + kGrid, kThumbnailSide, kThumbnailSide);
    paint_thumbnail(*painter, picture, model->thumbnail(exhibit->id), *exhibit);

    const PanelOpinion* const opinion = exhibit->opinion();
    const int text_left = picture.right() + 1 + kGrid + kGrid / 2;
    const int text_right = row.right() - 2 * kGrid - (opinion != nullptr ? kScoreWidth + kGrid : 0);
    const QFont body = text_font(TextSize::Body);
    const QFont caption = text_font(TextSize::Caption);
    const QRect upper(text_left, picture.top() + 2, text_right - text_left, kThumbnailSide / 2 - 2);
    const QRect lower(text_left, upper.bottom() + 1, upper.width(), kThumbnailSide / 2 - 2);

    painter->setFont(body);
    painter->setPen(look().text);
    painter->drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(body).elidedText(exhibit->name, Qt::ElideMiddle, upper.width()));

    QString second = state_text(exhibit->state);
    QColor second_colour = look().quiet;
    if (opinion != nullptr) {
        second = tr("%1, spread %2")
                     .arg(band_text(band_of(opinion->score)), score_text(opinion->spread));
    } else if (exhibit->state == ExaminationState::Failed) {
        second = QString::fromStdString(exhibit->examination->failure.message);
        second_colour = look().warning;
    }
    painter->setFont(caption);
    painter->setPen(second_colour);
    painter->drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(caption).elidedText(second, Qt::ElideRight, lower.width()));

    if (opinion != nullptr) {
        const QRect score_box(row.right() - 2 * kGrid - kScoreWidth + 1, upper.top(), kScoreWidth,
                              upper.height());
        painter->setFont(text_font(TextSize::Body, true));
        painter->setPen(band_colour(band_of(opinion->score)));
        draw_figures(*painter, score_box, score_text(opinion->score));
        paint_small_scale(*painter,
                          QRectF(score_box.left(), lower.top(), kScoreWidth, lower.height()),
                          opinion->score);
    }
    if (option.state.testFlag(QStyle::State_HasFocus) &&
        option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(look().accent, 1));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    painter->restore();
}

}  // namespace dfd::ui
