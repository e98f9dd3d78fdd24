#include "ui/case/thresholds_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/charts/score_scale.h"
#include "ui/look/appearance.h"
#include "ui/look/dialog_buttons.h"
#include "ui/look/figure_box.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

QDoubleSpinBox* bound(QWidget* parent) {
    auto* const box = new FigureBox(parent);
    box->setRange(0, 1);
    box->setDecimals(2);
    box->setSingleStep(0.05);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    return box;
}

}  // namespace

ThresholdsDialog::ThresholdsDialog(const std::vector<ThresholdProfile>& profiles,
                                   const ThresholdProfile& active,
                                   const std::vector<Question>& questions, QWidget* parent)
    : QDialog(parent),
      profiles_(profiles),
      questions_(questions),
      name_(new QComboBox(this)),
      real_below_(bound(this)),
      fake_from_(bound(this)),
      scale_(new ScoreScale(this)),
      words_(make_label(this, TextSize::Caption, false, true)),
      each_(make_label(this, TextSize::Caption)) {
    setWindowTitle(tr("Thresholds"));
    name_->setEditable(true);
    name_->setInsertPolicy(QComboBox::NoInsert);
    for (const ThresholdProfile& profile : profiles_)
        name_->addItem(QString::fromStdString(profile.name));
    name_->setAccessibleName(tr("Name of the thresholds"));
    real_below_->setAccessibleName(tr("Looks real below"));
    fake_from_->setAccessibleName(tr("Looks fake from"));
    words_->setWordWrap(true);
    words_->setMinimumWidth(44 * kGrid);
    each_->setWordWrap(true);
    words_->setText(
        tr("Thresholds turn scores into the words \"looks real\", \"undecided\" and \"looks "
           "fake\". Changing them does not score any picture again. The change is recorded in the "
           "log of the case with your name and the time."));

    auto* const form = new QFormLayout;
    form->setHorizontalSpacing(2 * kGrid);
    form->setVerticalSpacing(kGrid);
    form->addRow(tr("Name"), name_);
    form->addRow(tr("Looks real below"), real_below_);
    form->addRow(tr("Looks fake from"), fake_from_);
    auto* const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    apply_ = buttons->addButton(tr("Apply thresholds"), QDialogButtonBox::ApplyRole);
    apply_->setProperty("primary", true);
    apply_->setDefault(true);
    auto* const column = new QVBoxLayout(this);
    column->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 2 * kGrid);
    column->setSpacing(2 * kGrid);
    column->addWidget(words_);
    column->addLayout(form);
    column->addWidget(each_);
    column->addWidget(scale_);
    column->addWidget(buttons);
    order_buttons(*buttons);

    connect(name_, &QComboBox::activated, this, [this](int row) {
        if (row >= 0 && row < static_cast<int>(profiles_.size()))
            set_profile(profiles_[static_cast<std::size_t>(row)]);
    });
    connect(name_, &QComboBox::editTextChanged, this, &ThresholdsDialog::refresh);
    connect(real_below_, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (fake_from_->value() < value)
            fake_from_->setValue(value);
        refresh();
    });
    connect(fake_from_, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        if (real_below_->value() > value)
            real_below_->setValue(value);
        refresh();
    });
    connect(apply_, &QPushButton::clicked, this, [this] { Q_EMIT apply_requested(profile()); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    set_profile(active);
}

BandThresholds ThresholdsDialog::fields() const {
    return {real_below_->value(), fake_from_->value()};
}

ThresholdProfile ThresholdsDialog::profile() const {
    const auto all = chosen_.common();
    const bool words = !all || all->named;
    const auto name = name_->currentText().trimmed().toStdString();
    const bool kept = words && name == chosen_name_ && fields() == untouched_;
    return {name, kept ? chosen_ : QuestionBands(fields())};
}

void ThresholdsDialog::set_profile(const ThresholdProfile& profile) {
    name_->setEditText(QString::fromStdString(profile.name));
    // One pair for all questions that differ: words only where those of every question agree.
    BandThresholds shown = profile.bands.of(0);
    for (const BandThresholds& each : profile.bands.each()) {
        shown.real_below = std::min(shown.real_below, each.real_below);
        shown.fake_from = std::max(shown.fake_from, each.fake_from);
    }
    real_below_->setValue(shown.real_below);
    fake_from_->setValue(shown.fake_from);
    chosen_ = profile.bands;
    chosen_name_ = profile.name;
    untouched_ = fields();
    refresh();
}

void ThresholdsDialog::refresh() {
    const QuestionBands bands = profile().bands;
    const auto all = bands.common();
    const auto kept = chosen_.common();
    const bool measured = !kept || kept->named || fields() != untouched_;
    scale_->setVisible(all && measured);
    scale_->set_scores(std::nullopt, {}, all.value_or(BandThresholds{}));
    each_->setVisible(!all || !measured);
    each_->setText(measured
                       ? tr("Each question has its own: %1. Other values hold for all questions.")
                             .arg(QString::fromStdString(bands_words(bands, questions_)))
                       : tr("No thresholds were measured for this panel, so its scores have no "
                            "words until you choose some."));
    apply_->setEnabled(!profile().name.empty());
}

}  // namespace dfd::ui
