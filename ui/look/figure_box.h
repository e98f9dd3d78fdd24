// A field for a figure.
#pragma once

#include <QDoubleSpinBox>

namespace dfd::ui {

/// Shows its figure with a decimal point in every language, as sentences, reports and files do, and
/// takes a decimal comma, too: that is what a German keypad types.
class FigureBox : public QDoubleSpinBox {
  public:
    explicit FigureBox(QWidget* parent) : QDoubleSpinBox(parent) { setLocale(QLocale::c()); }

    QValidator::State validate(QString& text, int& at) const override {
        text.replace(QLatin1Char(','), QLatin1Char('.'));
        return QDoubleSpinBox::validate(text, at);
    }
};

}  // namespace dfd::ui
