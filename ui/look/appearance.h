// The visual style: two neutral palettes, three text sizes, an 8-pixel grid, one accent colour.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <array>

#include "core/opinion/bands.h"

class QComboBox;
class QLabel;

namespace dfd::ui {

/// Every colour that the window uses. Greys are neutral (R = G = B), so that they do not bias the
/// view of a picture. The only hues are the two of the verdict, the accent and the warning.
struct Look {
    bool dark = false;
    QColor window, pane, field, canvas;  ///< surfaces; `canvas` surrounds the picture
    QColor line, hover, selected;
    QColor border;              ///< of fields and buttons: 3:1 against every surface, as WCAG asks
    QColor text, quiet, faint;  ///< normal text; secondary text; tracks and disabled icons
    QColor accent, on_accent;
    QColor real, fake, undecided;
    QColor warning;
};
[[nodiscard]] const Look& look();
[[nodiscard]] QColor band_colour(Band band);

inline constexpr int kGrid = 8;  ///< logical pixels

enum class TextSize { Caption, Body, Figure };
[[nodiscard]] QFont text_font(TextSize size, bool strong = false);

/// Sizes of all text, in per cent of the system's: smaller, normal, larger.
inline constexpr std::array kTextPercents{90, 100, 120};

/// Owns the application's palette, style sheet and size of text, and the choice between light and
/// dark.
class Appearance : public QObject {
    Q_OBJECT

  public:
    enum class Choice { System, Light, Dark };
    Q_ENUM(Choice)

    /// Applies the style to the QApplication, of which exactly one must exist.
    explicit Appearance(QObject* parent = nullptr);
    void choose(Choice choice);
    [[nodiscard]] Choice choice() const { return choice_; }
    /// Also for the widgets that there are.
    void choose_text(int percent);
    [[nodiscard]] static int text_percent();

  Q_SIGNALS:
    void changed();

  private:
    [[nodiscard]] bool system_is_dark() const;
    void apply();

    Choice choice_ = Choice::System;
    bool system_palette_is_dark_ = false;
};

/// A label in one of the text sizes; `quiet` labels use the secondary text colour and follow the
/// palette. `parent` takes ownership.
[[nodiscard]] QLabel* make_label(QWidget* parent, TextSize size, bool strong = false,
                                 bool quiet = false);

/// Names a box that has no visible label for screen readers. Qt 6.4 tells the name of a box on
/// Linux only through a label, so a hidden one becomes a sibling of the box.
void name_box(QComboBox* box, const QString& name);

}  // namespace dfd::ui
