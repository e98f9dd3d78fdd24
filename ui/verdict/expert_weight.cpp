#include "ui/verdict/expert_weight.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QToolButton>

#include "ui/look/appearance.h"
#include "ui/look/figure_box.h"
#include "ui/look/icons.h"

namespace dfd::ui {
namespace {

constexpr double kSmallest = 0.01;  ///< weight of the only unmuted expert; any value is equivalent

}  // namespace

ExpertWeight::ExpertWeight(QWidget* parent)
    : QWidget(parent), mute_(new QToolButton(this)), value_(new FigureBox(this)) {
    mute_->setCheckable(true);
    mute_->setFocusPolicy(Qt::StrongFocus);
    mute_->setIconSize({2 * kGrid, 2 * kGrid});
    mute_->setProperty("small", true);
    value_->setRange(0, 10);
    value_->setSingleStep(0.25);
    value_->setDecimals(2);
    value_->setPrefix(QStringLiteral("×"));
    value_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    value_->setAlignment(Qt::AlignRight);
    value_->setFocusPolicy(Qt::StrongFocus);
    // Do not apply a number while it is being typed.
    value_->setKeyboardTracking(false);
    value_->setFont(text_font(TextSize::Caption));
    fit_value();

    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kGrid / 2);
    row->addWidget(mute_);
    row->addWidget(value_);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(mute_, &QToolButton::toggled, this,
            [this](bool muted) { change(muted ? 0 : unmuted_weight_); });
    connect(value_, &QDoubleSpinBox::valueChanged, this, &ExpertWeight::change);
    show_weight({}, 1, true);
}

void ExpertWeight::fit_value() {
    const QString widest = value_->prefix() + value_->textFromValue(value_->maximum());
    value_->setFixedWidth(value_->fontMetrics().horizontalAdvance(widest) + 2 * kGrid + 4);
}

void ExpertWeight::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange)  // and the size of text with it
        fit_value();
}

void ExpertWeight::show_weight(const QString& expert, double weight, bool others_unmuted) {
    const QSignalBlocker quiet_mute(mute_);
    const QSignalBlocker quiet_value(value_);
    weight_ = weight;
    if (weight > 0)
        unmuted_weight_ = weight;
    const bool muted = weight == 0;
    mute_->setChecked(muted);
    mute_->setIcon(icon(muted ? QStringLiteral("muted") : QStringLiteral("voice")));
    mute_->setEnabled(muted || others_unmuted);
    mute_->setToolTip(muted            ? tr("Unmute %1 (M)").arg(expert)
                      : others_unmuted ? tr("Mute %1 (M)").arg(expert)
                                       : tr("The last unmuted expert cannot be muted."));
    mute_->setAccessibleName(tr("Mute %1").arg(expert));
    value_->setMinimum(others_unmuted ? 0 : kSmallest);
    value_->setValue(weight);
    value_->setToolTip(tr("Weight of %1 in the panel's score; 1 is the reference.").arg(expert));
    value_->setAccessibleName(tr("Weight of %1").arg(expert));
}

bool ExpertWeight::may_toggle_mute() const {
    return mute_->isEnabled() && isEnabled();
}

void ExpertWeight::toggle_mute() {
    if (may_toggle_mute())
        mute_->toggle();
}

void ExpertWeight::change(double weight) {
    if (weight == weight_)
        return;
    weight_ = weight;
    Q_EMIT changed(weight);
}

}  // namespace dfd::ui
