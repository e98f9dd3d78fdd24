// Strip of all experts' heatmaps on one common scale, and of their means, each on its own; choosing
// one shows it over the picture.
#pragma once

#include <QImage>
#include <QScrollArea>
#include <vector>

#include "core/opinion/opinion.h"
#include "ui/look/row_button.h"
#include "ui/picture/heatmap_image.h"

class QButtonGroup;
class QHBoxLayout;

namespace dfd::ui {

/// A small picture with one heatmap, the expert's name and score.
class MapTile : public RowButton {
    Q_OBJECT

  public:
    explicit MapTile(QWidget* parent);
    /// `note`: what must be said beside the map.
    void set_content(const QString& name, const QString& score, const QImage& background,
                     const QImage& heat, const QString& note);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool name_fits() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString score_;
    QImage background_;
    QImage heat_;
};

class MapStrip : public QScrollArea {
    Q_OBJECT

  public:
    explicit MapStrip(QWidget* parent = nullptr);
    /// `picture` is a small version of the picture. The experts' heatmaps share a scale from 0 to
    /// the largest value of any; a mean, which would be dark on it, has its own. Without an
    /// opinion, placeholders show the `waiting` experts and, for a panel with several questions,
    /// their means. Maps that do not stand firm are faint.
    void show_opinion(const QImage& picture, const PanelOpinion* opinion, ColourMap colours,
                      const QStringList& waiting = {}, const QStringList& questions = {},
                      const MapSupports& supports = {});
    /// An expert's index, kMeanMap, mean_map_of(question) or kNoMap.
    void choose(int map);
    [[nodiscard]] int tile_count() const { return static_cast<int>(tiles_.size()); }

  Q_SIGNALS:
    void chosen(int map);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void set_tiles(std::size_t count);
    void move_focus(int from, int by);

    QWidget* row_;
    QHBoxLayout* layout_;
    QButtonGroup* group_;
    std::vector<MapTile*> tiles_;  ///< the means first, then the experts
    std::vector<int> maps_;        ///< what each tile shows, as in `choose`
    int leading_ = -1;             ///< the tile's map that kMeanMap stands for
    int chosen_ = -1;
};

}  // namespace dfd::ui
