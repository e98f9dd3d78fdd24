#include "ui/colour_scale.h"

#include <QPainter>

#include "ui/appearance.h"
#include "ui/figures.h"

namespace dfd::ui {
namespace {

constexpr int kBarWidth = 20 * kGrid;
constexpr int kBarHeight = kGrid;

QString raw_text(float value) {
    const double shown = static_cast<double>(value);
    return shown >= 0.01 && shown < 1000 ? QString::number(shown, 'f', 2)
                                         : QString::number(shown, 'g', 2);
}

}  // namespace

ColourScale::ColourScale(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Scale of the heatmap"));
}

void ColourScale::set_scale(ColourMap colours, float maximum, const QString& meaning) {
    colours_ = colours;
    maximum_ = maximum;
    meaning_ = meaning;
    setAccessibleDescription(tr("From 0 to %1. %2").arg(raw_text(maximum), meaning));
    setToolTip(meaning);
    update();
}

QSize ColourScale::sizeHint() const {
    return {kBarWidth + 40 * kGrid, 3 * kGrid};
}
QSize ColourScale::minimumSizeHint() const {
    return {kBarWidth + 12 * kGrid, 3 * kGrid};
}

void ColourScale::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(text_font(TextSize::Caption));
    painter.setPen(look().quiet);
    const QRectF all(rect());
    if (!(maximum_ > 0)) {
        painter.drawText(all, Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(meaning_, Qt::ElideRight, width()));
        return;
    }
    const QString high = raw_text(maximum_);
    const double low_width = figures_width(painter.font(), QStringLiteral("0"));
    const double high_width = figures_width(painter.font(), high);
    draw_figures(painter, QRectF(0, 0, low_width, all.height()), QStringLiteral("0"));
    const QRectF bar(low_width + kGrid, (all.height() - kBarHeight) / 2, kBarWidth, kBarHeight);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    const auto& table = colour_table(colours_);
    for (std::size_t stop = 0; stop <= 16; ++stop) {
        const auto& colour = table[stop * 255 / 16];
        gradient.setColorAt(static_cast<double>(stop) / 16,
                            QColor(colour[0], colour[1], colour[2]));
    }
    painter.fillRect(bar, gradient);
    draw_figures(painter, QRectF(bar.right() + kGrid, 0, high_width, all.height()), high);
    const QRectF words(bar.right() + kGrid + high_width + 2 * kGrid, 0,
                       all.right() - bar.right() - high_width - 3 * kGrid, all.height());
    if (words.width() > 6 * kGrid)
        painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(meaning_, Qt::ElideRight,
                                                          static_cast<int>(words.width())));
}

}  // namespace dfd::ui
