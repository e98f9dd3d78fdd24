#include "ui/picture/map_strip.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"
#include "ui/picture/heatmap_image.h"

namespace dfd::ui {
namespace {

constexpr int kTileWidth = 14 * kGrid;
constexpr int kImageHeight = 9 * kGrid;
constexpr int kTileHeight = kImageHeight + 5 * kGrid;

/// Grey and dim, so that the heatmap provides the only colours and its bright end stands out.
QImage as_background(const QImage& picture) {
    QImage grey = picture.convertToFormat(QImage::Format_Grayscale8)
                      .convertToFormat(QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&grey);
    painter.fillRect(grey.rect(), QColor(0, 0, 0, 110));
    return grey;
}

}  // namespace

MapTile::MapTile(QWidget* parent) : RowButton(parent, QSizePolicy::Fixed) {}

QSize MapTile::sizeHint() const {
    return {kTileWidth, kTileHeight};
}

void MapTile::set_content(const QString& name, const QString& score, const QImage& background,
                          const QImage& heat) {
    setText(name);
    score_ = score;
    background_ = background;
    heat_ = heat;
    setToolTip(heat.isNull() && !score.isEmpty() ? tr("%1: this map shows no evidence").arg(name)
                                                 : name);
    setAccessibleName(score.isEmpty() ? tr("Heatmap of %1, not available yet").arg(name)
                                      : tr("Heatmap of %1, score %2").arg(name, score));
    update();
}

void MapTile::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF all(rect());
    paint_ground(painter);
    const QRectF box(kGrid / 2.0, kGrid / 2.0, all.width() - kGrid, kImageHeight);
    if (background_.isNull()) {
        painter.setBrush(look().hover);
        painter.drawRoundedRect(box, 2, 2);
    } else {
        const QSizeF fitted = QSizeF(background_.size()).scaled(box.size(), Qt::KeepAspectRatio);
        const QRectF where(box.center() - QPointF(fitted.width() / 2, fitted.height() / 2), fitted);
        painter.drawImage(where, background_);
        if (!heat_.isNull())
            painter.drawImage(where, heat_);
    }
    painter.setFont(text_font(TextSize::Caption));
    const double line = (all.bottom() - box.bottom() - kGrid / 2.0) / 2;
    const QRectF name_box(box.left(), box.bottom() + 2, box.width(), line);
    painter.setPen(look().text);
    draw_digits(painter, name_box.translated(0, line), score_, Qt::AlignLeft);
    painter.setPen(isChecked() ? look().text : look().quiet);
    painter.drawText(name_box, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text(), Qt::ElideMiddle,
                                                      static_cast<int>(name_box.width())));
    if (isChecked() || hasFocus())
        paint_ring(painter, hasFocus() ? 2 : 1);
}

MapStrip::MapStrip(QWidget* parent)
    : QScrollArea(parent),
      row_(new QWidget(this)),
      layout_(new QHBoxLayout(row_)),
      group_(new QButtonGroup(this)) {
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus);
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(kGrid / 2);
    layout_->addStretch();
    setWidget(row_);
    row_->setAutoFillBackground(false);
    viewport()->setAutoFillBackground(false);
    // 12 extra pixels for the scroll bar of a narrow window.
    setFixedHeight(kTileHeight + 12);
    setAccessibleName(tr("Heatmaps of all experts"));
    group_->setExclusive(true);
    connect(group_, &QButtonGroup::idClicked, this,
            [this](int tile) { Q_EMIT chosen(tile + kMeanMap); });
}

void MapStrip::set_tiles(std::size_t count) {
    while (tiles_.size() > count) {
        delete tiles_.back();
        tiles_.pop_back();
    }
    while (tiles_.size() < count) {
        auto* const tile = new MapTile(row_);
        tile->installEventFilter(this);
        group_->addButton(tile, static_cast<int>(tiles_.size()));
        layout_->insertWidget(static_cast<int>(tiles_.size()), tile);
        tiles_.push_back(tile);
    }
}

void MapStrip::show_opinion(const QImage& picture, const PanelOpinion* opinion, ColourMap colours,
                            const QStringList& waiting) {
    const std::size_t experts = opinion != nullptr ? opinion->experts.size() : waiting.size();
    set_tiles(experts == 0 ? 0 : experts + 1);
    const QImage background =
        picture.isNull()
            ? QImage()
            : as_background(picture.scaled(2 * kTileWidth, 2 * kImageHeight, Qt::KeepAspectRatio,
                                           Qt::SmoothTransformation));
    const float largest = opinion != nullptr ? common_scale(*opinion) : 0;
    for (int tile = 0; tile < tile_count(); ++tile) {
        const int map = tile + kMeanMap;
        const bool mean = map == kMeanMap;
        if (opinion == nullptr) {
            tiles_[static_cast<std::size_t>(tile)]->set_content(mean ? tr("Mean") : waiting[map],
                                                                {}, background, {});
            continue;
        }
        const ExpertOpinion* const expert =
            mean ? nullptr : &opinion->experts[static_cast<std::size_t>(map)];
        const QImage heat =
            colour_heatmap(selected_map(*opinion, map), largest, colours, 1.0, background.size());
        tiles_[static_cast<std::size_t>(tile)]->set_content(
            mean ? tr("Mean") : QString::fromStdString(expert->name),
            score_text(mean ? opinion->score : expert->score), background, heat);
    }
    choose(chosen_);
}

void MapStrip::choose(int map) {
    chosen_ = map;
    const int tile = map - kMeanMap;
    const bool shown = tile >= 0 && tile < tile_count();
    group_->setExclusive(shown);
    for (int other = 0; other < tile_count(); ++other)
        tiles_[static_cast<std::size_t>(other)]->setChecked(shown && other == tile);
    if (shown)
        ensureWidgetVisible(tiles_[static_cast<std::size_t>(tile)], kGrid, 0);
}

bool MapStrip::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto found = std::find(tiles_.begin(), tiles_.end(), watched);
        const int from = static_cast<int>(found - tiles_.begin());
        switch (static_cast<QKeyEvent*>(event)->key()) {
            case Qt::Key_Left:
                move_focus(from, -1);
                return true;
            case Qt::Key_Right:
                move_focus(from, 1);
                return true;
            default:
                break;
        }
    }
    return QScrollArea::eventFilter(watched, event);
}

void MapStrip::move_focus(int from, int by) {
    const int to = from + by;
    if (to < 0 || to >= tile_count())
        return;
    MapTile* const tile = tiles_[static_cast<std::size_t>(to)];
    tile->setFocus(Qt::TabFocusReason);
    tile->click();
}

}  // namespace dfd::ui
