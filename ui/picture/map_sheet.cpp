#include "ui/picture/map_sheet.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "core/base/language.h"
#include "core/engine/results/map_text.h"
#include "core/picture/pixels/signed_overlay.h"

namespace dfd::ui {
namespace {

constexpr int kLongest = 1600;
constexpr int kNarrowest = 480;  ///< of each half, so that the caption can be read
constexpr QColor kPaper(255, 255, 255);
constexpr QColor kInk(0x1A, 0x1A, 0x1A);

struct Words {
    Q_DECLARE_TR_FUNCTIONS(MapSheet)
};

QImage overlay_of(const MapSheet& sheet, const QSize& size) {
    if (!sheet.colours)
        return signed_heatmap(sheet.map, sheet.scale_max,
                              sheet.opacity * opacity_factor(sheet.standing), size);
    return standing_heatmap(sheet.map, sheet.standing, sheet.scale_max, *sheet.colours,
                            sheet.opacity, size);
}

/// A bar from weak to strong, or from real to fake.
void paint_scale(QPainter& painter, const MapSheet& sheet, const QRectF& area) {
    const QFontMetricsF metrics(painter.font());
    const QString low = sheet.colours ? Words::tr("weak") : Words::tr("for real");
    const QString high = sheet.colours ? Words::tr("strong") : Words::tr("for fake");
    const double gap = metrics.height() / 2;
    const double wide = metrics.horizontalAdvance(low);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, low);
    const QRectF bar(area.left() + wide + gap, area.center().y() - metrics.height() / 4,
                     6 * metrics.height(), metrics.height() / 2);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    if (sheet.colours) {
        gradient.setStops(colour_stops(*sheet.colours));
    } else {
        gradient.setColorAt(
            0, QColor(kTowardsRealColour[0], kTowardsRealColour[1], kTowardsRealColour[2]));
        gradient.setColorAt(0.5, kPaper);
        gradient.setColorAt(
            1, QColor(kTowardsFakeColour[0], kTowardsFakeColour[1], kTowardsFakeColour[2]));
    }
    painter.fillRect(bar, gradient);
    painter.drawText(area.adjusted(wide + 2 * gap + bar.width(), 0, 0, 0),
                     Qt::AlignLeft | Qt::AlignVCenter, high);
}

}  // namespace

QImage draw_map_sheet(const MapSheet& sheet, const QImage& picture) {
    QImage shown = picture.convertToFormat(QImage::Format_RGB32);
    if (std::max(shown.width(), shown.height()) > kLongest)
        shown = shown.scaled(kLongest, kLongest, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    const int half = std::max(shown.width(), kNarrowest);
    QFont font;
    font.setPixelSize(std::clamp(half / 40, 13, 30));
    QFont strong = font;
    strong.setWeight(QFont::DemiBold);
    const double line = std::ceil(QFontMetricsF(strong).height() * 1.2);
    const double margin = line;
    const double width = 2 * half + 3 * margin;
    const auto warning = QString::fromStdString(say(kNotAPhotograph));
    const QRectF room(margin, 0, width - 2 * margin, 1e6);
    QStringList caption = sheet.caption;
    if (const QString why = standing_text(sheet.standing); !why.isEmpty())
        caption.prepend(Words::tr("Heatmap: %1").arg(why));
    caption.append(warning);
    double tall = 0;
    const QFontMetricsF metrics(font);
    const auto height_of = [&](const QString& text) {
        return metrics.boundingRect(room, Qt::TextWordWrap, text).height() + 0.2 * line;
    };
    for (const QString& text : caption)
        tall += height_of(text);
    const double top = margin + 2 * line;  // the title, then the heads
    const double height = top + shown.height() + margin / 2 + line + tall + margin;

    QImage image(static_cast<int>(width), static_cast<int>(std::ceil(height)),
                 QImage::Format_RGB32);
    image.fill(kPaper);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.setPen(kInk);
    painter.setFont(strong);
    const QFontMetricsF strong_metrics(strong);
    const double right = 2 * margin + half;
    painter.drawText(QRectF(margin, margin / 2, width - 2 * margin, line),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     strong_metrics.elidedText(sheet.title, Qt::ElideMiddle, width - 2 * margin));
    painter.setFont(font);
    const auto head = [&](double left, const QString& text) {
        painter.drawText(QRectF(left, margin / 2 + line, half, line),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(text, Qt::ElideRight, half));
    };
    head(margin, Words::tr("Picture"));
    head(right, sheet.standing != MapStanding::NoAssessment
                    ? Words::tr("Heatmap: %1").arg(sheet.map_name)
                    : Words::tr("No assessment. Heatmap: %1").arg(sheet.map_name));
    const auto place = [&](double left) {
        return QRectF(left + (half - shown.width()) / 2.0, top, shown.width(), shown.height());
    };
    painter.drawImage(place(margin), shown);
    painter.drawImage(place(right), map_base(shown));
    const QSize map_size = shown.size();
    if (const QImage map = overlay_of(sheet, map_size); !map.isNull())
        painter.drawImage(place(right), map);
    // In the map itself, for those who crop it.
    const QString mark = Words::tr("heatmap, not a photograph");
    QRectF plate(0, 0, metrics.horizontalAdvance(mark) + margin, line);
    plate.moveBottomLeft(place(right).bottomLeft());
    plate.setWidth(std::min(plate.width(), static_cast<double>(half)));
    painter.fillRect(plate, QColor(255, 255, 255, 210));
    painter.drawText(plate, Qt::AlignCenter, mark);

    double next = top + shown.height() + margin / 2;
    paint_scale(painter, sheet, QRectF(right, next, half, line));
    next += line;
    for (const QString& text : caption) {
        const double high = height_of(text);
        painter.drawText(QRectF(margin, next, width - 2 * margin, high), Qt::TextWordWrap, text);
        next += high;
    }
    painter.end();
    return image;
}

}  // namespace dfd::ui
