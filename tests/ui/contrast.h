// Contrast as WCAG 2 defines it, and what a person with poor sight cannot read in a window.
#pragma once

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QCheckBox>
#include <QComboBox>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyleOptionButton>
#include <QToolButton>
#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace dfd::test {

inline double luminance(const QColor& colour) {
    const auto linear = [](double share) {
        return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

inline double contrast(const QColor& a, const QColor& b) {
    const double first = luminance(a), second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

/// A window, drawn three times as large: strokes of letters are then wider than their soft edges.
class Drawn {
  public:
    explicit Drawn(QWidget& window) : image_(window.size() * kScale, QImage::Format_RGB32) {
        image_.setDevicePixelRatio(kScale);
        window.render(&image_);
    }

    /// Of the ink on its ground: the most frequent colour, and the next one that is not close to
    /// it. 21 if there is nothing but ground.
    [[nodiscard]] double of_ink(const QRect& place) const {
        std::map<QRgb, int> counts;
        const QRect inside = large(place);
        for (int y = inside.top(); y <= inside.bottom(); ++y)
            for (int x = inside.left(); x <= inside.right(); ++x)
                ++counts[image_.pixel(x, y)];
        const auto most = [&](const auto& among) {
            QRgb found = 0;
            int best = 0;
            for (const auto& [colour, count] : counts)
                if (count > best && among(QColor(colour))) {
                    best = count;
                    found = colour;
                }
            return std::pair(QColor(found), best);
        };
        const auto [ground, much] = most([](const QColor&) { return true; });
        const auto [ink, some] = most(
            [&, ground = ground](const QColor& colour) { return contrast(colour, ground) > 1.25; });
        return some == 0 ? 21 : contrast(ink, ground);
    }

    /// Of the left edge of a control, or of its filling, with what is outside.
    [[nodiscard]] double of_edge(const QRect& place) const {
        const int y = large(place).center().y();
        const int left = place.left() * kScale;
        if (left < 2 * kScale || !image_.valid(left, y))
            return 21;
        const QColor outside = image_.pixelColor(left - 2 * kScale, y);
        double best = 0;
        for (int x = left; x < left + 4 * kScale; ++x)
            best = std::max(best, contrast(image_.pixelColor(x, y), outside));
        return best;
    }

    /// The strongest contrast in it, for icons.
    [[nodiscard]] double of_icon(const QRect& place) const {
        const QRect inside = large(place);
        const QColor ground = image_.pixelColor(inside.topLeft() + QPoint(kScale, kScale) * 3);
        double best = 0;
        for (int y = inside.top(); y <= inside.bottom(); ++y)
            for (int x = inside.left(); x <= inside.right(); ++x)
                best = std::max(best, contrast(image_.pixelColor(x, y), ground));
        return best;
    }

  private:
    static constexpr int kScale = 3;

    [[nodiscard]] QRect large(const QRect& place) const {
        return QRect(place.topLeft() * kScale, place.size() * kScale).intersected(image_.rect());
    }

    QImage image_;
};

/// Texts and controls of a window that cannot be told from their ground: below 4.5 : 1 for words,
/// and below 3 : 1 for edges and icons.
inline QStringList faint_things(QWidget& window) {
    constexpr double kWords = 4.5, kEdges = 3;
    const Drawn drawn(window);
    QStringList faint;
    const auto place_of = [&](const QWidget* widget, const QRect& part) {
        // What a scroll area shows of it.
        return part.intersected(widget->visibleRegion().boundingRect())
            .translated(widget->mapTo(&window, QPoint()));
    };
    const auto expect = [&](double found, double least, const QWidget* widget, const char* what,
                            const QString& words) {
        if (found < least - 0.01)
            faint.append(QStringLiteral("%1 of %2 \"%3\": %4")
                             .arg(QLatin1String(what),
                                  QLatin1String(widget->metaObject()->className()), words.left(60),
                                  QString::number(found, 'f', 2)));
    };
    for (const QWidget* const widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || !widget->isEnabled() || widget->window() != window.window() ||
            widget->visibleRegion().isEmpty())
            continue;
        const QRect whole = place_of(widget, widget->rect());
        if (whole.width() < 4 || whole.height() < 4)
            continue;
        const QRect inside = whole.adjusted(2, 2, -2, -2);
        if (const auto* const label = qobject_cast<const QLabel*>(widget)) {
            if (!label->text().isEmpty())
                expect(drawn.of_ink(inside), kWords, label, "the text", label->text());
        } else if (const auto* const check = qobject_cast<const QCheckBox*>(widget)) {
            QStyleOptionButton option;
            option.initFrom(check);
            const QRect box =
                check->style()->subElementRect(QStyle::SE_CheckBoxIndicator, &option, check);
            expect(drawn.of_edge(place_of(check, box)), kEdges, check, "the box", check->text());
            expect(drawn.of_ink(place_of(check, check->rect().adjusted(box.right() + 2, 0, 0, 0))),
                   kWords, check, "the text", check->text());
        } else if (const auto* const button = qobject_cast<const QAbstractButton*>(widget)) {
            const auto* const tool = qobject_cast<const QToolButton*>(widget);
            const bool icon_only =
                tool != nullptr && !tool->icon().isNull() &&
                (tool->toolButtonStyle() == Qt::ToolButtonIconOnly || tool->text().isEmpty());
            const QString words =
                button->text().isEmpty() ? button->accessibleName() : button->text();
            if (icon_only)
                expect(drawn.of_icon(inside), kEdges, button, "the icon", words);
            else if (qobject_cast<const QPushButton*>(widget) != nullptr || tool != nullptr)
                expect(drawn.of_ink(inside), kWords, button, "the text", words);
            if ((qobject_cast<const QPushButton*>(widget) != nullptr &&
                 !button->property("column").isValid()) ||
                button->property("framed").toBool())
                expect(drawn.of_edge(whole), kEdges, button, "the edge", words);
        } else if (qobject_cast<const QLineEdit*>(widget) != nullptr ||
                   qobject_cast<const QPlainTextEdit*>(widget) != nullptr ||
                   qobject_cast<const QComboBox*>(widget) != nullptr ||
                   qobject_cast<const QAbstractSpinBox*>(widget) != nullptr) {
            const bool part = qobject_cast<QComboBox*>(widget->parentWidget()) != nullptr ||
                              qobject_cast<QAbstractSpinBox*>(widget->parentWidget()) != nullptr;
            if (!part)
                expect(drawn.of_edge(whole), kEdges, widget, "the edge", widget->accessibleName());
            expect(drawn.of_ink(inside), kWords, widget, "the text", widget->accessibleName());
        } else if (const auto* const view = qobject_cast<const QAbstractItemView*>(widget)) {
            // Whole rows: names and words, with at most a picture at the left.
            for (QModelIndex index = view->indexAt({view->viewport()->width() / 2, 3});
                 index.isValid(); index = index.siblingAtRow(index.row() + 1)) {
                QRect row = view->visualRect(index);
                if (!view->viewport()->rect().contains(row))
                    break;
                if (row.height() > 48)
                    row = row.adjusted(row.width() < 200 ? 4 : 76, row.width() < 200 ? 124 : 8, -80,
                                       -8);
                if (row.width() > 8 && row.height() > 8)
                    expect(drawn.of_ink(place_of(view->viewport(), row.adjusted(4, 2, -2, -2))),
                           kWords, view, "a row", index.data().toString());
            }
        }
    }
    faint.removeDuplicates();
    return faint;
}

}  // namespace dfd::test
