#include "ui/studies/stability/stability_panel.h"

#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/base/language.h"
#include "ui/look/appearance.h"
#include "ui/look/wording.h"
#include "ui/studies/stability/stability_chart.h"
#include "ui/studies/stability/stability_run.h"

namespace dfd::ui {
namespace {

constexpr int kPresetColumns = 2;

/// "Messaging app"
QString button_text(const StabilityOperation& operation) {
    QString text = QString::fromStdString(say(operation.title));
    text[0] = text[0].toUpper();
    return text;
}

QString steps_text(const StabilityOperation& operation) {
    QStringList steps;
    for (const Alteration& step : operation.variants.front().steps)
        steps.append(QString::fromStdString(alteration_text(step)));
    QString text = QString::fromStdString(say(operation.what)) + QLatin1Char('\n') +
                   steps.join(QStringLiteral(", "));
    if (!operation.passage.empty())
        text += QLatin1Char('\n') +
                StabilityPanel::tr(
                    "Not ordinary re-sharing: reported next to the interval, not as part of it.");
    return text;
}

}  // namespace

StabilityPanel::StabilityPanel(QWidget* parent)
    : ScrollPane(parent),
      interval_(make_label(this, TextSize::Body, true)),
      story_(make_label(this, TextSize::Caption)),
      state_(make_label(this, TextSize::Caption, false, true)),
      busy_(new QProgressBar(this)),
      all_(new QPushButton(tr("Test all versions"), this)),
      stop_(new QPushButton(tr("Stop"), this)),
      chart_column_(new QVBoxLayout) {
    for (QLabel* const words : {interval_, story_, state_}) {
        words->setWordWrap(true);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    busy_->setTextVisible(false);
    busy_->setAccessibleName(tr("Versions scored"));
    all_->setProperty("primary", true);
    all_->setToolTip(
        tr("Scores altered versions of this picture: recompressed, scaled, blurred, cropped, "
           "rotated and shared again. The file is not changed."));
    stop_->setToolTip(tr("Finished results are kept."));

    auto* const buttons = new QGridLayout;
    buttons->setSpacing(kGrid);
    buttons->addWidget(all_, 0, 0);
    buttons->addWidget(stop_, 0, 1);
    int place = kPresetColumns;
    for (const StabilityOperation& operation : stability_operations()) {
        if (!operation.preset)
            continue;
        auto* const button = new QPushButton(button_text(operation), content());
        button->setObjectName(QString::fromStdString(operation.name));
        button->setToolTip(steps_text(operation));
        button->setAccessibleDescription(button->toolTip());
        button->setMinimumWidth(0);
        button->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        connect(button, &QPushButton::clicked, this,
                [this, name = operation.name] { Q_EMIT start_requested({name}); });
        buttons->addWidget(button, place / kPresetColumns, place % kPresetColumns);
        presets_.push_back(button);
        ++place;
    }
    chart_column_->setSpacing(2 * kGrid);
    for (QWidget* const part : std::initializer_list<QWidget*>{interval_, story_, state_, busy_})
        column()->addWidget(part);
    column()->addLayout(buttons);
    column()->addLayout(chart_column_);
    column()->addStretch();
    setAccessibleName(tr("Stability"));
    connect(all_, &QPushButton::clicked, this, [this] { Q_EMIT start_requested({}); });
    connect(stop_, &QPushButton::clicked, this, &StabilityPanel::stop_requested);
}

StabilityChart* StabilityPanel::chart(std::size_t number) {
    while (charts_.size() <= number) {
        charts_.push_back(new StabilityChart(content()));
        chart_column_->addWidget(charts_.back());
    }
    return charts_[number];
}

void StabilityPanel::show_run(const StabilityRun& run, const QuestionBands& bands,
                              const QString& obstacle, const QString& cost) {
    const Stability* const known = run.known();
    const bool possible = run.possible() && obstacle.isEmpty();
    all_->setEnabled(possible && !run.running());
    stop_->setVisible(run.running());
    for (QPushButton* const button : presets_)
        button->setEnabled(possible);
    busy_->setVisible(run.running());
    if (run.running()) {
        busy_->setRange(0, static_cast<int>(run.planned()));
        busy_->setValue(static_cast<int>(run.done()));
    }
    QString state = obstacle;
    if (!run.problem().isEmpty())
        state = run.problem();
    else if (run.running()) {
        state = tr("%1 of %2 versions scored").arg(run.done()).arg(run.planned());
        if (const auto left = time_left(run.pace()))
            state = tr("%1, %2 left").arg(state, duration_text(*left));
    } else if (state.isEmpty() && known == nullptr) {
        state =
            tr("How stable is the score when the picture is shared again? No versions have been "
               "scored yet. %1")
                .arg(cost)
                .trimmed();
    }
    state_->setText(state);
    state_->setVisible(!state.isEmpty());

    std::size_t shown = 0;
    story_->setVisible(known != nullptr);
    const Firmness firmness = known == nullptr ? Firmness() : firmness_of(*known);
    interval_->setVisible(firmness.ordinary > 0);  // no ordinary versions, no interval
    if (known != nullptr) {
        interval_->setText((question_text(known->untouched, firmness.question) + QLatin1Char(' ') +
                            QString::fromStdString(interval_words(firmness, bands)))
                               .trimmed());
        story_->setText(QString::fromStdString(firmness_summary(firmness, bands)));
        std::vector<std::size_t> rows;
        for (std::size_t i = 0; i < known->operations.size(); ++i)
            if (!known->operations[i].ordered)
                rows.push_back(i);
        const auto has_points = [&](std::size_t operation) {
            for (const StabilityPoint& point : known->points)
                if (point.operation == operation)
                    return true;
            return false;
        };
        std::erase_if(rows, [&](std::size_t i) { return !has_points(i); });
        if (!rows.empty())
            chart(shown++)->set_curve(*known, rows, bands.of(firmness.question));
        for (std::size_t i = 0; i < known->operations.size(); ++i)
            if (known->operations[i].ordered && has_points(i))
                chart(shown++)->set_curve(*known, {i}, bands.of(firmness.question));
    }
    for (std::size_t i = 0; i < charts_.size(); ++i)
        charts_[i]->setVisible(i < shown);
}

QString StabilityPanel::interval() const {
    return interval_->isHidden() ? QString() : interval_->text();
}

QString StabilityPanel::state() const {
    return state_->isHidden() ? QString() : state_->text();
}

std::vector<StabilityChart*> StabilityPanel::charts() const {
    std::vector<StabilityChart*> found;
    for (StabilityChart* const chart : charts_)
        if (!chart->isHidden())
            found.push_back(chart);
    return found;
}

}  // namespace dfd::ui
