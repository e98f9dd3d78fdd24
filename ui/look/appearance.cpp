#include "ui/look/appearance.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QPalette>
#include <QStyle>
#include <QStyleHints>
#include <QWidget>
#include <cmath>
#include <utility>
#include <vector>

namespace dfd::ui {
namespace {

QColor grey(int value) {
    return {value, value, value};
}

Look light_look() {
    Look look;
    look.window = grey(0xD8);
    look.pane = grey(0xE6);
    look.field = grey(0xF2);
    look.canvas = grey(0xA8);
    look.line = grey(0xC0);
    look.border = grey(0x74);
    look.hover = grey(0xDA);
    look.selected = grey(0xCC);
    look.text = grey(0x1A);
    look.quiet = grey(0x50);
    look.faint = grey(0xA6);
    look.accent = QColor(0x6B, 0x3F, 0xA0);
    look.on_accent = grey(0xFF);
    look.real = QColor(0x15, 0x52, 0x89);
    look.fake = QColor(0x8F, 0x3F, 0x00);
    look.undecided = grey(0x54);
    look.warning = QColor(0x68, 0x48, 0x00);
    return look;
}

Look dark_look() {
    Look look;
    look.dark = true;
    look.window = grey(0x1C);
    look.pane = grey(0x25);
    look.field = grey(0x30);
    look.canvas = grey(0x17);
    look.line = grey(0x3A);
    look.border = grey(0x80);
    look.hover = grey(0x2E);
    look.selected = grey(0x3D);
    look.text = grey(0xE2);
    look.quiet = grey(0xB0);
    look.faint = grey(0x5C);
    look.accent = QColor(0xB7, 0x9A, 0xF0);
    look.on_accent = grey(0x14);
    look.real = QColor(0x62, 0xAE, 0xF2);
    look.fake = QColor(0xF2, 0x9A, 0x3E);
    look.undecided = grey(0xB0);
    look.warning = QColor(0xE0, 0xC0, 0x6A);
    return look;
}

Look& current_look() {
    static Look look = light_look();
    return look;
}

QPalette palette_of(const Look& look) {
    QPalette palette;
    palette.setColor(QPalette::Window, look.window);
    palette.setColor(QPalette::WindowText, look.text);
    palette.setColor(QPalette::Base, look.field);
    palette.setColor(QPalette::AlternateBase, look.pane);
    palette.setColor(QPalette::Text, look.text);
    palette.setColor(QPalette::PlaceholderText, look.quiet);
    palette.setColor(QPalette::Button, look.pane);
    palette.setColor(QPalette::ButtonText, look.text);
    palette.setColor(QPalette::BrightText, look.on_accent);
    palette.setColor(QPalette::ToolTipBase, look.field);
    palette.setColor(QPalette::ToolTipText, look.text);
    palette.setColor(QPalette::Highlight, look.accent);
    palette.setColor(QPalette::HighlightedText, look.on_accent);
    palette.setColor(QPalette::Link, look.accent);
    palette.setColor(QPalette::LinkVisited, look.accent);
    palette.setColor(QPalette::Light, look.field);
    palette.setColor(QPalette::Midlight, look.hover);
    palette.setColor(QPalette::Mid, look.line);
    palette.setColor(QPalette::Dark, look.faint);
    palette.setColor(QPalette::Shadow, look.faint);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, look.faint);
    return palette;
}

QString style_sheet_of(const Look& look) {
    QFile file(QStringLiteral(":/look/look.qss"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The style sheet was not compiled into this program.");
    QString sheet = QString::fromUtf8(file.readAll());
    const std::pair<const char*, QColor> names[] = {
        {"@window", look.window},       {"@pane", look.pane},           {"@field", look.field},
        {"@canvas", look.canvas},       {"@line", look.line},           {"@hover", look.hover},
        {"@border", look.border},       {"@selected", look.selected},   {"@text", look.text},
        {"@quiet", look.quiet},         {"@faint", look.faint},         {"@accent", look.accent},
        {"@on_accent", look.on_accent}, {"@undecided", look.undecided}, {"@warning", look.warning},
    };
    for (const auto& [name, colour] : names)
        sheet.replace(QLatin1String(name) + QLatin1Char(';'), colour.name() + QLatin1Char(';'));
    sheet.replace(QStringLiteral("@mode"),
                  look.dark ? QStringLiteral("dark") : QStringLiteral("light"));
    return sheet;
}

double body_points() {
    const double points = QApplication::font().pointSizeF();
    return points > 0 ? points : 10.0;
}

/// What the system asks for: that of the start.
double system_points() {
    static const double points = body_points();
    return points;
}

/// With a size of its own, which does not follow the application's.
bool has_own_size(const QWidget& widget) {
    return widget.testAttribute(Qt::WA_SetFont) &&
           (widget.font().resolveMask() & QFont::SizeResolved) != 0 &&
           widget.font().pointSizeF() > 0;
}

}  // namespace

const Look& look() {
    return current_look();
}

QColor band_colour(Band band) {
    switch (band) {
        case Band::LooksReal:
            return look().real;
        case Band::LooksFake:
            return look().fake;
        case Band::Undecided:
            return look().undecided;
        case Band::Unnamed:
            return look().text;
        case Band::NoAssessment:
            break;
    }
    return look().quiet;
}

QFont text_font(TextSize size, bool strong) {
    QFont font = QApplication::font();
    const double factor = size == TextSize::Caption ? 0.875 : size == TextSize::Figure ? 2.75 : 1.0;
    font.setPointSizeF(body_points() * factor);
    font.setWeight(strong ? QFont::DemiBold : QFont::Normal);
    return font;
}

Appearance::Appearance(QObject* parent) : QObject(parent) {
    // Fusion on every platform: only one style to design for, and it honours the palette
    // everywhere.
    static_cast<void>(system_points());
    system_palette_is_dark_ = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    QApplication::setStyle(QStringLiteral("Fusion"));
    apply();
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
        if (choice_ == Choice::System)
            apply();
    });
#endif
}

bool Appearance::system_is_dark() const {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    const Qt::ColorScheme scheme = QGuiApplication::styleHints()->colorScheme();
    if (scheme != Qt::ColorScheme::Unknown)
        return scheme == Qt::ColorScheme::Dark;
#endif
    return system_palette_is_dark_;
}

void Appearance::choose(Choice choice) {
    choice_ = choice;
    apply();
}

void Appearance::choose_text(int percent) {
    if (percent == text_percent())
        return;
    const double points = system_points() * percent / 100;
    const double ratio = points / body_points();
    std::vector<std::pair<QWidget*, QFont>> own;
    for (QWidget* const widget : QApplication::allWidgets())
        if (has_own_size(*widget)) {
            own.emplace_back(widget, widget->font());
            own.back().second.setPointSizeF(widget->font().pointSizeF() * ratio);
        }
    QFont font = QApplication::font();
    font.setPointSizeF(points);
    QApplication::setFont(font);
    apply();  // first: a style sheet gives widgets back the fonts that they had
    for (const auto& [widget, scaled] : own)
        widget->setFont(scaled);
}

int Appearance::text_percent() {
    return static_cast<int>(std::lround(100 * body_points() / system_points()));
}

void Appearance::apply() {
    const bool dark = choice_ == Choice::Dark || (choice_ == Choice::System && system_is_dark());
    current_look() = dark ? dark_look() : light_look();
    QApplication::setPalette(palette_of(look()));
    qApp->setStyleSheet(style_sheet_of(look()));
    Q_EMIT changed();
}

void name_box(QComboBox* box, const QString& name) {
    box->setAccessibleName(name);
    auto* const label = new QLabel(name, box->parentWidget());
    label->setBuddy(box);
    label->hide();
}

QLabel* make_label(QWidget* parent, TextSize size, bool strong, bool quiet) {
    auto* label = new QLabel(parent);
    label->setFont(text_font(size, strong));
    label->setTextFormat(Qt::PlainText);
    if (quiet)
        label->setProperty("quiet", true);
    return label;
}

}  // namespace dfd::ui
