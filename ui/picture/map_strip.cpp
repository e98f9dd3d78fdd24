#include "ui/picture/map_strip.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "core/base/language.h"
#include "core/opinion/expert_words.h"
#include "ui/look/appearance.h"
#include "ui/look/digits.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr int kTileWidth = 14 * kGrid;
constexpr int kImageHeight = 9 * kGrid;
constexpr int kTileHeight = kImageHeight + 5 * kGrid;

}  // namespace

MapTile::MapTile(QWidget* parent) : RowButton(parent, QSizePolicy::Fixed) {}

QSize MapTile::sizeHint() const {
    return {kTileWidth, kTileHeight};
}

bool MapTile::name_fits() const {
    return QFontMetricsF(text_font(TextSize::Caption)).horizontalAdvance(text()) <= width() - kGrid;
}

void MapTile::set_content(const QString& name, const QString& score, const QImage& background,
                          const QImage& heat, const QString& note) {
    setText(name);
    score_ = score;
    background_ = background;
    heat_ = heat;
    setToolTip(heat.isNull() && !score.isEmpty() ? tr("%1: this map shows no evidence").arg(name)
                                                 : name);
    if (!note.isEmpty())
        setToolTip(tool_tip_text(name + QLatin1Char('\n') + note));
    setAccessibleDescription(note);
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
            [this](int tile) { Q_EMIT chosen(maps_[static_cast<std::size_t>(tile)]); });
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
                            const QStringList& waiting, const QStringList& questions,
                            const MapSupports& supports) {
    struct Tile {
        int map = kMeanMap;
        QString name;
        QString score;
    };
    std::vector<Tile> tiles;
    if (opinion != nullptr && !opinion->experts.empty()) {
        // A score without an assessment is no figure to compare maps by.
        const QuestionBands bands = measured_bands(opinion->calibration.get());
        const auto figure = [opinion, &bands](std::size_t question, double score) {
            return out_of_scope(*opinion, question).empty()
                       ? score_text(score, bands_for(*opinion, question, bands))
                       : QStringLiteral("–");
        };
        for (std::size_t q = 0; q < opinion->answers.size(); ++q)
            tiles.push_back(
                {mean_map_of(q), QString::fromStdString(say(opinion->answers[q].text)),
                 opinion->answers[q].answered ? figure(q, opinion->answers[q].score) : QString()});
        if (tiles.empty())
            tiles.push_back({kMeanMap,
                             fusion_of(*opinion, 0) == nullptr ? tr("Mean") : tr("Fusion"),
                             figure(0, opinion->score)});
        const auto words = words_for(opinion->experts);
        for (std::size_t i = 0; i < words.size(); ++i) {
            const ExpertOpinion& expert = opinion->experts[i];
            tiles.push_back({0, QString::fromStdString(words[i].title),
                             beyond_gate(*opinion, expert)
                                 ? tr("n/a")
                                 : figure(expert.question, expert.score)});
        }
    } else if (opinion == nullptr && !waiting.isEmpty()) {
        for (int q = 0; q < questions.size(); ++q)
            tiles.push_back({mean_map_of(static_cast<std::size_t>(q)), questions[q], {}});
        if (tiles.empty())
            tiles.push_back({kMeanMap, tr("Mean"), {}});
        for (const QString& name : waiting)
            tiles.push_back({0, name, {}});
    }
    const auto means = static_cast<std::size_t>(
        std::count_if(tiles.begin(), tiles.end(), [](const Tile& tile) { return tile.map < 0; }));
    for (std::size_t i = means; i < tiles.size(); ++i)
        tiles[i].map = static_cast<int>(i - means);

    set_tiles(tiles.size());
    leading_ = opinion != nullptr && !opinion->answers.empty() ? mean_map_of(opinion->leading)
               : tiles.empty()                                 ? kMeanMap
                                                               : tiles.front().map;
    const QImage background =
        picture.isNull() ? QImage()
                         : map_base(picture.scaled(2 * kTileWidth, 2 * kImageHeight,
                                                   Qt::KeepAspectRatio, Qt::SmoothTransformation));
    maps_.clear();
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        maps_.push_back(tiles[i].map);
        QImage heat;
        QString note;
        if (opinion != nullptr) {
            const MapStanding standing = standing_of(*opinion, tiles[i].map, supports);
            note = standing_text(standing);
            heat = colour_heatmap(selected_map(*opinion, tiles[i].map),
                                  scale_maximum(*opinion, tiles[i].map, MapScale::Common), colours,
                                  opacity_factor(standing), background.size());
        }
        tiles_[i]->set_content(tiles[i].name, tiles[i].score, background, heat, note);
    }
    choose(chosen_);
}

void MapStrip::choose(int map) {
    chosen_ = map;
    const auto found = std::find(maps_.begin(), maps_.end(), map == kMeanMap ? leading_ : map);
    const int tile = static_cast<int>(found - maps_.begin());
    const bool shown = tile < tile_count();
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
