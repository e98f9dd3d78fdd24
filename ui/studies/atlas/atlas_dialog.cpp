#include "ui/studies/atlas/atlas_dialog.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>
#include <algorithm>
#include <chrono>

#include "core/opinion/expert_words.h"
#include "ui/look/appearance.h"
#include "ui/look/two_sides.h"
#include "ui/look/wording.h"
#include "ui/picture/zoom_bar.h"
#include "ui/studies/atlas/atlas_map.h"
#include "ui/studies/atlas/atlas_model.h"
#include "ui/studies/atlas/atlas_run.h"

namespace dfd::ui {
namespace {

constexpr std::chrono::milliseconds kDebounce{120};

QString choice_text(const std::vector<double>& scales, std::size_t windows) {
    QStringList figures;
    for (const double scale : scales)
        figures.append(QString::number(scale));
    const QString which =
        scales.size() > 1 ? AtlasDialog::tr("Scales %1").arg(figures.join(AtlasDialog::tr(", ")))
        : scales.front() == 1 ? AtlasDialog::tr("Scale 1, the picture's own pixels")
        : scales.front() < 1  ? AtlasDialog::tr("Scale %1, larger parts").arg(figures.front())
                              : AtlasDialog::tr("Scale %1, smaller parts").arg(figures.front());
    if (windows == 0)
        return which;
    return windows == 1 ? AtlasDialog::tr("%1: 1 window").arg(which)
                        : AtlasDialog::tr("%1: %2 windows").arg(which).arg(windows);
}

}  // namespace

const std::vector<std::vector<double>>& AtlasDialog::choices() {
    static const std::vector<std::vector<double>> all{{1}, {0.5}, {0.25}, {2}, {1, 0.5, 0.25}};
    return all;
}

AtlasDialog::AtlasDialog(QWidget* parent)
    : QDialog(parent),
      title_(make_label(this, TextSize::Body, true)),
      reference_(make_label(this, TextSize::Body)),
      scales_(new QComboBox(this)),
      start_(new QPushButton(tr("Score the windows"), this)),
      stop_(new QPushButton(tr("Stop"), this)),
      state_(make_label(this, TextSize::Caption, false, true)),
      busy_(new QProgressBar(this)),
      map_(new AtlasMap(this)),
      model_(new AtlasModel(this)),
      list_(new QTreeView(this)),
      detail_(make_label(this, TextSize::Caption)),
      debounce_(new QTimer(this)) {
    setWindowTitle(tr("Score atlas"));
    auto* const meaning = make_label(this, TextSize::Caption, false, true);
    meaning->setText(
        tr("The panel scores every window as a separate picture. Only the score of the whole "
           "picture is the reference; the more windows, the more chances of an error. Windows "
           "around faces come first, because centring a face can change an obvious miss."));
    make_readable({title_, reference_, meaning, state_, detail_});
    for (const auto& choice : choices())
        scales_->addItem(choice_text(choice, 0));
    name_box(scales_, tr("Scales of the windows"));
    scales_->setToolTip(tr("A window covers 512 × 512 pixels of the picture at this scale."));
    start_->setProperty("primary", true);
    start_->setToolTip(tr("Scores the windows that have no score yet. The file is not changed."));
    stop_->setToolTip(tr("Finished results are kept."));
    start_->setAutoDefault(false);
    stop_->setAutoDefault(false);
    busy_->setTextVisible(false);
    busy_->setAccessibleName(tr("Windows scored"));
    list_->setModel(model_);
    list_->setRootIsDecorated(false);
    list_->setUniformRowHeights(true);
    list_->setSortingEnabled(true);
    list_->sortByColumn(AtlasModel::Score, Qt::DescendingOrder);
    list_->setAccessibleName(tr("Windows"));
    list_->setAccessibleDescription(
        tr("Windows around faces come first. The Up and Down keys select a window; the map frames "
           "it."));
    list_->header()->setStretchLastSection(false);
    list_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    list_->header()->setSectionResizeMode(AtlasModel::Place, QHeaderView::Stretch);
    debounce_->setInterval(kDebounce);
    debounce_->setSingleShot(true);

    auto* const controls = new QHBoxLayout;
    controls->setSpacing(kGrid);
    controls->addWidget(scales_);
    controls->addWidget(start_);
    controls->addWidget(stop_);
    controls->addWidget(state_, 1);
    auto* const below = new QHBoxLayout;
    below->addWidget(new AtlasLegend(this), 1);
    below->addWidget(new ZoomBar(map_, this));
    const TwoSides sides = lay_out_two_sides(this, 76, 58, {140, 92});
    sides.head->addWidget(title_);
    sides.head->addWidget(reference_);
    sides.head->addWidget(meaning);
    sides.head->addLayout(controls);
    sides.head->addWidget(busy_);
    sides.left->addWidget(map_, 1);
    sides.left->addLayout(below);
    sides.right->addWidget(list_, 1);
    sides.right->addWidget(detail_);

    connect(start_, &QPushButton::clicked, this, &AtlasDialog::start_requested);
    connect(stop_, &QPushButton::clicked, this, &AtlasDialog::stop_requested);
    connect(scales_, &QComboBox::activated, this, [this](int choice) {
        Q_EMIT scales_chosen(choices()[static_cast<std::size_t>(choice)]);
    });
    connect(debounce_, &QTimer::timeout, map_, &AtlasMap::refresh_colours);
    connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { map_->choose(model_->window_number(now.row())); });
    connect(map_, &AtlasMap::window_chosen, this, [this](int window) {
        list_->setCurrentIndex(model_->index(model_->row_of(window), 0));
    });
    connect(map_, &AtlasMap::step_requested, this, &AtlasDialog::step);
    connect(map_, &AtlasMap::active_changed, this, &AtlasDialog::show_detail);
    show_subject({}, {}, {});
    show_detail();
}

void AtlasDialog::show_subject(const QString& name, const QImage& preview, const QSize& size) {
    title_->setText(name);
    title_->setVisible(!name.isEmpty());
    if (name.isEmpty())
        map_->show_nothing();
    else
        map_->show_preview(preview, size);
}

void AtlasDialog::show_picture(const PyramidPtr& picture) {
    map_->show_picture(picture);
}

void AtlasDialog::show_run(const AtlasRun& run, const QuestionBands& panel,
                           const QString& obstacle) {
    const Atlas* const atlas = run.atlas();
    // No words about parts of a picture that has none itself.
    const BandThresholds thresholds =
        atlas == nullptr ? panel.of(0) : bands_for(atlas->whole, atlas->whole.leading, panel);
    const bool anew = generation_ != run.generation();
    std::optional<AtlasPlace> chosen;
    if (anew && map_->chosen() >= 0)
        chosen = model_->window(model_->row_of(map_->chosen())).place;
    generation_ = run.generation();
    if (anew)
        map_->choose(-1);
    model_->set_atlas(atlas, run.generation(), thresholds);
    map_->set_atlas(atlas, thresholds);
    if (chosen && atlas != nullptr) {
        const auto at = std::ranges::find(atlas->windows, *chosen, &AtlasWindow::place);
        if (at != atlas->windows.end())
            list_->setCurrentIndex(
                model_->index(model_->row_of(static_cast<int>(at - atlas->windows.begin())), 0));
    }
    if (anew)
        map_->refresh_colours();
    else if (!debounce_->isActive())
        debounce_->start();

    reference_->setVisible(atlas != nullptr);
    whole_ = atlas == nullptr ? PanelOpinion() : atlas->whole;
    if (atlas != nullptr)
        reference_->setText(
            (question_text(whole_, whole_.leading) + QLatin1Char(' ') +
             tr("Whole picture (the reference): %1, %2.")
                 .arg(score_text(whole_.score, thresholds), band_text(band_of(whole_, panel))))
                .trimmed());
    if (anew)
        show_choices(run);
    show_state(run, obstacle);
    show_detail();
}

void AtlasDialog::show_choices(const AtlasRun& run) {
    for (std::size_t i = 0; i < choices().size(); ++i) {
        const QString text = choice_text(choices()[i], run.windows_at(choices()[i]));
        if (scales_->itemText(static_cast<int>(i)) != text)
            scales_->setItemText(static_cast<int>(i), text);
        if (choices()[i] == run.scales())
            scales_->setCurrentIndex(static_cast<int>(i));
    }
}

void AtlasDialog::show_state(const AtlasRun& run, const QString& obstacle) {
    const Atlas* const atlas = run.atlas();
    const bool complete = atlas != nullptr && atlas->complete;
    start_->setEnabled(run.possible() && !run.running() && !complete);
    start_->setVisible(!run.running());
    stop_->setVisible(run.running());
    busy_->setVisible(run.running());
    const auto done = atlas == nullptr ? 0 : static_cast<int>(atlas->windows.size());
    const auto planned = atlas == nullptr ? 0 : static_cast<int>(atlas->planned.size());
    if (run.running()) {
        busy_->setRange(0, run.face_search_done() ? planned : 0);
        busy_->setValue(done);
    }
    QString state = obstacle;
    if (!run.problem().isEmpty()) {
        state = run.problem();
    } else if (run.running()) {
        state = run.face_search_done() ? tr("%1 of %2 windows scored").arg(done).arg(planned)
                                       : tr("Opening the picture and searching for faces…");
    } else if (state.isEmpty() && done == 0) {
        state = tr("No windows have been scored yet.");
    } else if (state.isEmpty()) {
        const bool any_face = std::ranges::any_of(atlas->planned, &AtlasPlace::face);
        state = tr("%1 of %2 windows scored.").arg(done).arg(planned);
        if (run.face_search_done() && !any_face)
            state +=
                QLatin1Char(' ') + (atlas->faces_sought
                                        ? tr("No face was found.")
                                        : tr("Faces were not searched for, because the data of the "
                                             "face detector (package opencv-data) is missing."));
    }
    state_->setText(state);
}

void AtlasDialog::show_detail() {
    const int window = map_->active_window();
    const int row = window < 0 ? -1 : model_->row_of(window);
    if (row < 0) {
        detail_->setText(tr("Point at the map, or select a window in the list."));
        map_->setAccessibleDescription(detail_->text());
        return;
    }
    QStringList experts;
    const PanelOpinion opinion = with_titles(model_->window(row).opinion);
    for (const ExpertOpinion& expert : opinion.experts)
        experts.append(QStringLiteral("%1\u00A0%2")
                           .arg(QString::fromStdString(expert.name), score_text(expert.score)));
    detail_->setText(tr("%1 Experts: %2.").arg(model_->sentence(window), experts.join(tr(", "))));
    map_->setAccessibleDescription(detail_->text());
}

void AtlasDialog::step(int by) {
    if (model_->rowCount() == 0)
        return;
    const int now =
        map_->chosen() < 0 ? (by > 0 ? -1 : model_->rowCount()) : model_->row_of(map_->chosen());
    list_->setCurrentIndex(
        model_->index(std::clamp(now + by, 0, model_->rowCount() - 1), AtlasModel::Place));
}

QString AtlasDialog::reference() const {
    return reference_->isHidden() ? QString() : reference_->text();
}
QString AtlasDialog::state() const {
    return state_->text();
}
QString AtlasDialog::detail() const {
    return detail_->text();
}

}  // namespace dfd::ui
