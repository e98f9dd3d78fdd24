#include "ui/studies/compare/compare_sheet.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

namespace dfd::ui {
namespace {

constexpr int kLongest = 1200;
constexpr int kNarrowest = 320;  ///< of each column, so that its head can be read
constexpr QColor kInk(0x1A, 0x1A, 0x1A);

struct Words {
    Q_DECLARE_TR_FUNCTIONS(CompareSheet)
};

}  // namespace

QImage draw_compare_sheet(const CompareSheet& sheet) {
    std::array<QImage, 3> pictures{sheet.first, sheet.second, sheet.difference};
    for (QImage& picture : pictures) {
        picture = picture.convertToFormat(QImage::Format_RGB32);
        if (std::max(picture.width(), picture.height()) > kLongest)
            picture =
                picture.scaled(kLongest, kLongest, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    }
    const int column = std::max(pictures[0].width(), kNarrowest);
    QFont font;
    font.setPixelSize(std::clamp(column / 32, 13, 28));
    QFont strong = font;
    strong.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(font), strong_metrics(strong);
    const double line = std::ceil(strong_metrics.height() * 1.2);
    const double width = 3 * column + 4 * line;
    QStringList caption = sheet.caption;
    caption.append(
        Words::tr("This is a comparison made by a program, not a photograph. A difference says "
                  "that two files differ, not which of them was changed."));
    const QRectF room(line, 0, width - 2 * line, 1e6);
    const auto height_of = [&](const QString& text) {
        return metrics.boundingRect(room, Qt::TextWordWrap, text).height() + 0.2 * line;
    };
    double tall = 0;
    for (const QString& text : caption)
        tall += height_of(text);
    const double top = 2 * line;
    const double below = top + pictures[0].height() + line / 2;
    QImage image(static_cast<int>(width), static_cast<int>(std::ceil(below + tall + line)),
                 QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setPen(kInk);
    const std::array names{sheet.first_name, sheet.second_name,
                           Words::tr("Difference, four times as bright")};
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const double left = line + static_cast<double>(i) * (column + line);
        painter.setFont(strong);
        painter.drawText(QRectF(left, line / 2, column, line), Qt::AlignLeft | Qt::AlignVCenter,
                         strong_metrics.elidedText(names[i], Qt::ElideMiddle, column));
        painter.drawImage(QPointF(left + (column - pictures[i].width()) / 2.0, top), pictures[i]);
    }
    painter.setFont(font);
    double next = below;
    for (const QString& text : caption) {
        const double high = height_of(text);
        painter.drawText(QRectF(line, next, width - 2 * line, high), Qt::TextWordWrap, text);
        next += high;
    }
    painter.end();
    image.setText(QStringLiteral("Title"),
                  Words::tr("Comparison of %1 and %2").arg(sheet.first_name, sheet.second_name));
    image.setText(QStringLiteral("Description"), caption.join(QLatin1Char('\n')));
    image.setText(QStringLiteral("Software"), QStringLiteral("DeepFakeDefenders"));
    return image;
}

}  // namespace dfd::ui
