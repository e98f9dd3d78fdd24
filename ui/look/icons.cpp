#include "ui/look/icons.h"

#include <QColor>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>
#include <cmath>

#include "ui/look/appearance.h"

namespace dfd::ui {
namespace {

constexpr double kIconGrid = 24;

const QByteArray& icon_source(const QString& name) {
    static QHash<QString, QByteArray> sources;
    auto found = sources.find(name);
    if (found == sources.end()) {
        QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
        if (!file.open(QIODevice::ReadOnly))
            qWarning("The icon \"%s\" was not compiled into this program.", qPrintable(name));
        found = sources.insert(name, file.readAll());
    }
    return *found;
}

void render(QPainter* painter, const QString& name, const QColor& colour, const QRectF& rect,
            double side) {
    QByteArray source = icon_source(name);
    source.replace("currentColor", colour.name().toLatin1());
    // Keep the usual line width when the icon is drawn large.
    if (side > 2 * kIconGrid)
        source.replace("stroke-width=\"1.5\"",
                       "stroke-width=\"" + QByteArray::number(kIconGrid * 2.0 / side) + '"');
    QSvgRenderer renderer(source);
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    renderer.render(painter, rect);
}

class PaletteIconEngine : public QIconEngine {
  public:
    explicit PaletteIconEngine(QString name) : name_(std::move(name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        painter->setRenderHint(QPainter::Antialiasing);
        render(painter, name_, mode == QIcon::Disabled ? look().faint : look().text, rect,
               kIconGrid);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override { return size; }
    QIconEngine* clone() const override { return new PaletteIconEngine(*this); }
    bool isNull() override { return icon_source(name_).isEmpty(); }

  private:
    QString name_;
};

}  // namespace

QIcon icon(const QString& name) {
    return QIcon(new PaletteIconEngine(name));
}

QPixmap icon_pixmap(const QString& name, const QColor& colour, int side,
                    double device_pixel_ratio) {
    const int pixels = static_cast<int>(std::ceil(side * device_pixel_ratio));
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    render(&painter, name, colour, QRectF(0, 0, pixels, pixels), side);
    painter.end();
    pixmap.setDevicePixelRatio(device_pixel_ratio);
    return pixmap;
}

}  // namespace dfd::ui
