// Colour bar with labels for the heatmap. What it means stands beside it, or below it in as many
// lines as it needs.
#pragma once

#include <QBrush>
#include <QWidget>
#include <optional>

#include "core/picture/pixels/heatmap_overlay.h"
#include "ui/picture/heatmap_image.h"

namespace dfd::ui {

class ColourScale : public QWidget {
    Q_OBJECT

  public:
    explicit ColourScale(QWidget* parent = nullptr);
    /// `maximum` in the map's raw units; <= 0 shows that there is no evidence.
    void set_scale(ColourMap colours, float maximum, const QString& meaning);
    /// From -maximum (blue, towards real) through transparent to +maximum (orange, towards fake),
    /// in logits. For one side only, the scale starts at 0. `maximum` <= 0 shows only the meaning.
    /// The figures of its ends are in the accessible description and `range` alone.
    void set_signed_scale(float maximum, Towards towards, const QString& meaning);
    /// "From −18.42 to +18.42 logits."; "From weak, 0, to strong, 0.31."
    [[nodiscard]] QString range() const;
    /// Whether the words at its ends and its meaning are whole.
    [[nodiscard]] bool words_fit() const;
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void meaning_changed();
    /// What its ends and its bar leave of the width for the meaning.
    [[nodiscard]] double room_beside(int width) const;
    [[nodiscard]] bool meaning_is_beside(int width) const;
    /// Height of the meaning in lines of this width.
    [[nodiscard]] int lines_height(int width) const;
    [[nodiscard]] QString low_text() const;
    [[nodiscard]] QString high_text() const;
    /// Gradient from the low end (0) to the high end (1).
    [[nodiscard]] QGradientStops stops() const;

    ColourMap colours_ = ColourMap::Inferno;
    float maximum_ = 0;
    std::optional<Towards> towards_;  ///< set for a signed map
    QString meaning_;
};

}  // namespace dfd::ui
