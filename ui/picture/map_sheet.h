// A heatmap beside its picture, with a caption bar, so that it never passes for a photograph.
#pragma once

#include <QImage>
#include <QStringList>
#include <optional>

#include "core/picture/pixels/png_text.h"
#include "ui/picture/heatmap_image.h"

namespace dfd::ui {

struct MapSheet {
    HeatMap map;
    float scale_max = 0;
    std::optional<ColourMap> colours;  ///< empty: a signed map, blue to orange
    double opacity = 1;
    QString map_name;  ///< "Mean of all experts"
    /// Of a map that is not firm the caption says why.
    MapStanding standing = MapStanding::Firm;
    QString title;        ///< of the picture
    QStringList caption;  ///< one line each: answers, panel, date, digest
    PngText facts;        ///< stored in the file
};

/// Left the picture, right the same in grey with the map, below the caption; black on white in
/// every appearance. The picture is shrunk to at most 1600 pixels a side. Thread-safe: QImage only.
[[nodiscard]] QImage draw_map_sheet(const MapSheet& sheet, const QImage& picture);

}  // namespace dfd::ui
