// The labelled scale of the heatmap's colours.
#pragma once

#include <QWidget>

#include "core/picture/heatmap_overlay.h"

namespace dfd::ui {

class ColourScale : public QWidget {
    Q_OBJECT

  public:
    explicit ColourScale(QWidget* parent = nullptr);
    /// `maximum` in the map's raw units; <= 0 shows that there is no evidence at all.
    void set_scale(ColourMap colours, float maximum, const QString& meaning);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    ColourMap colours_ = ColourMap::Inferno;
    float maximum_ = 0;
    QString meaning_;
};

}  // namespace dfd::ui
