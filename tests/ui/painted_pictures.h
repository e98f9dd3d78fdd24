// Generated pictures for tests and screenshots.
#pragma once

#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QRadialGradient>
#include <QString>

namespace dfd::test {

/// A plain colour: red ones look fake to the FakeEvaluator, blue ones real, grey ones undecided.
inline QImage plain_picture(const QColor& colour, const QSize& size = QSize(96, 64)) {
    QImage image(size, QImage::Format_RGB32);
    image.fill(colour);
    return image;
}

/// An evening landscape; `edit` 0..1 pastes a warm patch that changes the experts' scores.
inline QImage landscape(int seed, double edit, const QSize& size = QSize(1200, 800)) {
    QImage image(size, QImage::Format_RGB32);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    QLinearGradient sky(0, 0, 0, size.height() * 0.7);
    sky.setColorAt(0, QColor::fromHsv((205 + seed * 7) % 360, 120, 150));
    sky.setColorAt(1, QColor::fromHsv((28 + seed * 5) % 360, 45, 232));
    painter.fillRect(image.rect(), sky);
    for (int ridge = 0; ridge < 5; ++ridge) {
        QPolygonF line;
        line << QPointF(0, size.height());
        for (int x = 0; x <= size.width(); x += 4) {
            const double a = x * (0.003 + 0.0011 * ridge) + seed * 1.3 + ridge * 2.1;
            const double y =
                size.height() * (0.42 + 0.11 * ridge) +
                size.height() * 0.055 *
                    (std::sin(a) + 0.5 * std::sin(2.7 * a + 1) + 0.18 * std::sin(9.1 * a));
            line << QPointF(x, y);
        }
        line << QPointF(size.width(), size.height());
        painter.setPen(Qt::NoPen);
        painter.setBrush(
            QColor::fromHsv((200 + 8 * ridge + seed * 5) % 360, 60 + 18 * ridge, 168 - 30 * ridge));
        painter.drawPolygon(line);
    }
    if (edit > 0) {
        const QPointF centre(size.width() * (0.3 + 0.1 * (seed % 5)), size.height() * 0.4);
        QRadialGradient sun(centre, size.height() * 0.32);
        sun.setColorAt(0, QColor(255, 214, 150, static_cast<int>(255 * edit)));
        sun.setColorAt(0.35, QColor(240, 130, 60, static_cast<int>(230 * edit)));
        sun.setColorAt(1, QColor(240, 110, 40, 0));
        painter.setBrush(sun);
        painter.drawEllipse(centre, size.height() * 0.32, size.height() * 0.32);
    }
    return image;
}

inline QString save_picture(const QDir& folder, const QString& name, const QImage& image) {
    const QString path = folder.filePath(name);
    if (!image.save(path))
        qFatal("%s could not be written.", qPrintable(path));
    return path;
}

inline QString save_bytes(const QDir& folder, const QString& name, const QByteArray& bytes) {
    const QString path = folder.filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s could not be written.", qPrintable(path));
    return path;
}

}  // namespace dfd::test
