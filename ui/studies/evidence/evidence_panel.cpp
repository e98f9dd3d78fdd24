#include "ui/studies/evidence/evidence_panel.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"
#include "ui/studies/evidence/evidence_row.h"

namespace dfd::ui {
namespace {

QLabel* words(QWidget* parent, bool quiet) {
    QLabel* const label = make_label(parent, TextSize::Caption, false, quiet);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

}  // namespace

EvidencePanel::EvidencePanel(QWidget* parent)
    : ScrollPane(parent),
      method_(new QComboBox(this)),
      layer_(new QComboBox(this)),
      towards_(new QComboBox(this)),
      details_(new QToolButton(this)),
      computing_(new QWidget(this)),
      formula_(words(this, true)),
      state_(words(this, true)),
      busy_(new QProgressBar(this)),
      start_(new QPushButton(tr("Explain this picture"), this)),
      stop_(new QPushButton(tr("Stop"), this)),
      hint_(words(this, true)),
      legend_(new DeletionLegend(this)),
      row_column_(new QVBoxLayout),
      meaning_(words(this, true)),
      rule_(words(this, true)) {
    const auto add_method = [this](const QString& label, AttributionMethod method) {
        method_->addItem(label, static_cast<int>(method));
    };
    add_method(tr("Class-activation decomposition"), AttributionMethod::Exact);
    add_method(tr("Grad-CAM"), AttributionMethod::GradCam);
    add_method(tr("Grad-CAM++"), AttributionMethod::GradCamPlusPlus);
    add_method(tr("LayerCAM"), AttributionMethod::LayerCam);
    layer_->addItem(tr("Last feature map"), QLatin1String(kLastLayer));
    layer_->addItem(tr("Earlier, twice as fine"), QLatin1String(kFinerLayer));
    layer_->addItem(tr("Earlier, four times as fine"), QLatin1String(kFinestLayer));
    layer_->setToolTip(tr("An expert without such a layer is explained at its last layer."));
    towards_->addItem(tr("Towards fake and real"), static_cast<int>(Towards::Both));
    towards_->addItem(tr("Towards fake"), static_cast<int>(Towards::Fake));
    towards_->addItem(tr("Towards real"), static_cast<int>(Towards::Real));
    start_->setProperty("primary", true);
    stop_->setToolTip(tr("Finished results are kept."));
    busy_->setTextVisible(false);
    busy_->setRange(0, 1000);
    busy_->setAccessibleName(tr("Progress of the explanation"));
    hint_->setText(
        tr("Choose a row to show its map over the picture. All maps share one scale: orange is "
           "evidence for fake, blue for real."));
    meaning_->setText(
        tr("The test shows whether the expert used what the map shows, not whether the expert is "
           "right."));
    rule_->setText(
        tr("%1 “Apart” is measured in logits.").arg(QString::fromStdString(deletion_rule())));
    details_->setObjectName(QStringLiteral("evidence_details"));
    details_->setText(tr("Details"));
    details_->setToolTip(tr("How the maps are computed and tested."));
    details_->setCheckable(true);
    details_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    details_->setProperty("small", true);
    details_->setFocusPolicy(Qt::StrongFocus);
    connect(details_, &QToolButton::toggled, this, &EvidencePanel::show_details);

    auto* const shown = new QGridLayout;
    auto* const computed = new QGridLayout(computing_);
    computed->setContentsMargins(0, 0, 0, 0);
    const auto add_box = [this](QGridLayout* grid, const QString& name, QComboBox* box) {
        grid->setHorizontalSpacing(kGrid);
        grid->setVerticalSpacing(kGrid / 2);
        grid->setColumnStretch(1, 1);
        QLabel* const label = make_label(
            grid->parentWidget() != nullptr ? grid->parentWidget() : content(), TextSize::Caption);
        label->setText(name);
        label->setBuddy(box);
        box->setAccessibleName(QString(name).remove(QLatin1Char('&')));
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        const int line = grid->count() / 2;
        grid->addWidget(label, line, 0);
        grid->addWidget(box, line, 1);
    };
    add_box(shown, tr("Sho&w"), towards_);
    add_box(computed, tr("&Method"), method_);
    add_box(computed, tr("&Layer"), layer_);
    auto* const buttons = new QHBoxLayout;
    buttons->setSpacing(kGrid);
    buttons->addWidget(start_, 1);
    buttons->addWidget(stop_);
    row_column_->setSpacing(2);

    column()->addLayout(shown);
    column()->addWidget(state_);
    column()->addWidget(busy_);
    column()->addLayout(buttons);
    column()->addWidget(hint_);
    column()->addLayout(row_column_);
    column()->addWidget(legend_);
    column()->addWidget(meaning_);
    column()->addWidget(details_, 0, Qt::AlignLeft);
    column()->addWidget(computing_);
    column()->addWidget(formula_);
    column()->addWidget(rule_);
    column()->addStretch();
    setAccessibleName(tr("Evidence"));
    show_details();

    connect(start_, &QPushButton::clicked, this, &EvidencePanel::start_requested);
    connect(stop_, &QPushButton::clicked, this, &EvidencePanel::stop_requested);
    const auto report_options = [this] {
        Q_EMIT options_changed({static_cast<AttributionMethod>(method_->currentData().toInt()),
                                layer_->currentData().toString().toStdString()});
    };
    connect(method_, &QComboBox::currentIndexChanged, this, report_options);
    connect(layer_, &QComboBox::currentIndexChanged, this, report_options);
    connect(towards_, &QComboBox::currentIndexChanged, this, &EvidencePanel::view_changed);
}

EvidenceRow* EvidencePanel::row(std::size_t number) {
    while (rows_.size() <= number) {
        auto* const made = new EvidenceRow(content());
        rows_.push_back(made);
        row_column_->addWidget(made);
        const int map = static_cast<int>(rows_.size()) - 1 + kMeanMap;
        connect(made, &QAbstractButton::clicked, this,
                [this, map](bool checked) { choose(checked ? std::optional(map) : std::nullopt); });
    }
    return rows_[number];
}

void EvidencePanel::show_run(const EvidenceRun& run, const std::vector<std::string>& experts,
                             const QString& obstacle, const QString& cost) {
    const Evidence* const known = run.known();
    const bool possible = run.possible() && obstacle.isEmpty();
    const bool complete = known != nullptr && known->complete();
    start_->setVisible(!complete && !run.running());
    start_->setEnabled(possible);
    start_->setText(known == nullptr ? tr("Explain this picture") : tr("Continue"));
    stop_->setVisible(run.running());
    busy_->setVisible(run.running());
    QString state = obstacle;
    if (!run.problem().isEmpty())
        state = run.problem();
    else if (state.isEmpty() && known == nullptr && !run.running())
        state = tr("Where does each expert see evidence, and does its score change when that part "
                   "is removed? This picture has not been explained yet. %1")
                    .arg(cost);
    else if (state.isEmpty() && !complete && !run.running())
        state = tr("Stopped: %1 of %2 maps have been tested.")
                    .arg(known->tested())
                    .arg(experts.size() + 1);
    state_->setText(state.trimmed());
    show_progress(run);
    show_formula(run);
    show_rows(run, experts);
}

void EvidencePanel::show_progress(const EvidenceRun& run) {
    if (run.running()) {
        busy_->setValue(static_cast<int>(1000 * run.done()));
        state_->setText(run.current_step().isEmpty() ? tr("Opening the picture…")
                                                     : run.current_step());
    }
    state_->setVisible(!state_->text().isEmpty());
}

void EvidencePanel::show_formula(const EvidenceRun& run) {
    QStringList found;
    if (const Evidence* const known = run.known(); known != nullptr && !known->experts.empty()) {
        for (const ExpertExplanation& expert : known->experts)
            found.append(tr("%1, at %2")
                             .arg(QString::fromStdString(say(expert.formula)),
                                  QString::fromStdString(expert.layer)));
        found.removeDuplicates();
    } else {
        found.append(tr("%1, at: %2")
                         .arg(QString::fromStdString(say(method_formula(run.options().method))),
                              layer_->itemText(
                                  layer_->findData(QString::fromStdString(run.options().layer)))));
    }
    formula_->setText(found.join(QStringLiteral("; ")));
    QStringList exact{
        tr("A is the activation of channel c at place p, g the gradient of the log-odds.")};
    if (run.known() != nullptr)
        for (const ExpertExplanation& expert : run.known()->experts)
            exact.append(QString::fromStdString(exactness_text(expert)));
    exact.removeDuplicates();
    formula_->setToolTip(tool_tip_text(exact.join(QLatin1Char('\n'))));
}

void EvidencePanel::show_rows(const EvidenceRun& run, const std::vector<std::string>& experts) {
    const Evidence* const known = run.known();
    const bool any = known != nullptr || run.running();
    const std::size_t count = any ? experts.size() + 1 : 0;
    bool tested = false;
    for (std::size_t i = 0; i < std::max(count, rows_.size()); ++i) {
        EvidenceRow* const each = row(i);
        each->setVisible(i < count);
        QString name = i == 0      ? run.mean_name()
                       : i < count ? QString::fromStdString(experts[i - 1])
                                   : QString();
        const MapExplanation* map = nullptr;
        if (known != nullptr && i == 0 && known->mean)
            map = &*known->mean;
        if (known != nullptr && i > 0 && i < count)
            for (const ExpertExplanation& expert : known->experts)
                if (expert.index == static_cast<int>(i) - 1) {
                    map = &expert;
                    if (expert.method == AttributionMethod::Own)
                        name = tr("%1: its own map").arg(name);
                    else if (expert.method == AttributionMethod::Occlusion)
                        name = tr("%1: occlusion").arg(name);
                }
        if (map != nullptr) {
            each->show_map(name, *map, run.running() ? tr("to be tested") : tr("not tested"));
            tested = tested || map->test.has_value();
        } else {
            each->show_waiting(name, run.running() ? tr("no map yet") : QString());
        }
    }
    hint_->setVisible(any);
    legend_->setVisible(tested);
    meaning_->setVisible(tested);
    tested_ = tested;
    show_details();
    check_rows();
}

void EvidencePanel::show_details() {
    const bool open = details_->isChecked();
    details_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    computing_->setVisible(open);
    formula_->setVisible(open);
    rule_->setVisible(open && tested_);
}

void EvidencePanel::check_rows() {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        rows_[i]->setChecked(rows_[i]->isEnabled() && wanted_ == static_cast<int>(i) + kMeanMap);
}

std::optional<int> EvidencePanel::chosen() const {
    for (std::size_t i = 0; i < rows_.size(); ++i)
        if (rows_[i]->isChecked())
            return static_cast<int>(i) + kMeanMap;
    return std::nullopt;
}

void EvidencePanel::choose(std::optional<int> map) {
    wanted_ = map;
    check_rows();
    Q_EMIT view_changed();
}

Towards EvidencePanel::towards() const {
    return static_cast<Towards>(towards_->currentData().toInt());
}

std::vector<EvidenceRow*> EvidencePanel::rows() const {
    std::vector<EvidenceRow*> found;
    std::ranges::copy_if(rows_, std::back_inserter(found),
                         [](const EvidenceRow* row) { return !row->isHidden(); });
    return found;
}

QString EvidencePanel::formula() const {
    return formula_->text();
}

QString EvidencePanel::state() const {
    return state_->isHidden() ? QString() : state_->text();
}

}  // namespace dfd::ui
