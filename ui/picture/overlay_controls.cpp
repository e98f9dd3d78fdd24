#include "ui/picture/overlay_controls.h"

#include <QActionGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <cmath>
#include <utility>

#include "ui/look/appearance.h"
#include "ui/look/icons.h"
#include "ui/look/wording.h"

namespace dfd::ui {

OverlayControls::OverlayControls(QWidget* parent)
    : QWidget(parent),
      map_(new QComboBox(this)),
      options_(new QMenu(this)),
      opacity_(new QSlider(Qt::Horizontal, this)),
      opacity_text_(make_label(this, TextSize::Caption, false, true)) {
    name_box(map_, tr("Heatmap over the picture"));
    map_->setToolTip(tr("Heatmap that is drawn over the picture"));
    map_->setMinimumContentsLength(20);
    map_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    set_experts({});

    auto* const colours = new QActionGroup(this);
    const std::pair<ColourMap, QString> maps[] = {{ColourMap::Inferno, tr("Inferno")},
                                                  {ColourMap::Cividis, tr("Cividis")}};
    for (const auto& [map, name] : maps)
        add_option(
            colours, tr("Colours: %1").arg(name),
            tr("Even steps of brightness; readable with colour-vision deficiency"),
            [map = map](OverlaySettings& settings) { settings.colours = map; },
            [map = map](const OverlaySettings& settings) { return settings.colours == map; });
    options_->addSeparator();
    options_->setToolTipsVisible(true);
    auto* const scales = new QActionGroup(this);
    add_option(
        scales, tr("Scale: common to all experts"),
        tr("Makes the experts comparable. Their mean always has a scale of its own."),
        [](OverlaySettings& settings) { settings.scale = MapScale::Common; },
        [](const OverlaySettings& settings) { return settings.scale == MapScale::Common; });
    add_option(
        scales, tr("Scale: separate for each map"),
        tr("The largest value of the map has the brightest colour, so weak evidence is visible, "
           "too"),
        [](OverlaySettings& settings) { settings.scale = MapScale::Own; },
        [](const OverlaySettings& settings) { return settings.scale == MapScale::Own; });
    auto* const button = new QToolButton(this);
    button->setIcon(icon(QStringLiteral("adjust")));
    button->setIconSize(QSize(20, 20));
    button->setFocusPolicy(Qt::StrongFocus);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(options_);
    button->setToolTip(tr("Colours and scale of the heatmap"));
    button->setAccessibleName(tr("Colours and scale of the heatmap"));

    opacity_->setRange(0, 100);
    opacity_->setPageStep(10);
    opacity_->setFixedWidth(12 * kGrid);
    opacity_->setAccessibleName(tr("Opacity of the heatmap"));
    opacity_->setToolTip(tr("Opacity of the heatmap"));
    opacity_text_->setMinimumWidth(4 * kGrid);

    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(kGrid, kGrid / 2, kGrid, kGrid / 2);
    row->setSpacing(kGrid);
    row->addWidget(map_);
    auto* const modes = new QHBoxLayout;
    modes->setSpacing(2);
    modes_[0] =
        add_mode(QStringLiteral("overlay"), tr("Heatmap over the picture"), CompareMode::Overlay);
    modes_[1] = add_mode(QStringLiteral("side"), tr("Side by side"), CompareMode::SideBySide);
    modes_[2] = add_mode(QStringLiteral("blink"), tr("Blink: with and without the heatmap in turn"),
                         CompareMode::Blink);
    for (QToolButton* const mode : modes_)
        modes->addWidget(mode);
    row->addLayout(modes);
    row->addStretch();
    row->addWidget(opacity_);
    row->addWidget(opacity_text_);
    row->addWidget(button);

    connect(map_, &QComboBox::currentIndexChanged, this, [this] {
        OverlaySettings settings = settings_;
        settings.map = map_->currentData().toInt();
        apply(settings);
    });
    connect(opacity_, &QSlider::valueChanged, this, [this](int percent) {
        OverlaySettings settings = settings_;
        settings.opacity = percent / 100.0;
        apply(settings);
    });
    refresh();
}

void OverlayControls::add_option(QActionGroup* group, const QString& label, const QString& why,
                                 const std::function<void(OverlaySettings&)>& set,
                                 const std::function<bool(const OverlaySettings&)>& is_set) {
    QAction* const entry = options_->addAction(label);
    entry->setCheckable(true);
    entry->setToolTip(why);
    group->addAction(entry);
    connect(entry, &QAction::triggered, this, [this, set] {
        OverlaySettings settings = settings_;
        set(settings);
        apply(settings);
    });
    connect(options_, &QMenu::aboutToShow, entry,
            [this, entry, is_set] { entry->setChecked(is_set(settings_)); });
}

QToolButton* OverlayControls::add_mode(const QString& icon_name, const QString& label,
                                       CompareMode mode) {
    auto* const button = new QToolButton(this);
    button->setIcon(icon(icon_name));
    button->setIconSize(QSize(20, 20));
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolTip(label);
    button->setAccessibleName(label);
    connect(button, &QToolButton::clicked, this, [this, mode] {
        OverlaySettings settings = settings_;
        settings.mode = mode;
        apply(settings);
    });
    return button;
}

void OverlayControls::set_experts(const QStringList& names, const QStringList& questions) {
    const QSignalBlocker quiet(map_);
    map_->clear();
    map_->addItem(tr("No heatmap"), kNoMap);
    map_->addItem(
        questions.isEmpty() ? tr("Mean of all experts") : tr("Mean of the leading answer"),
        kMeanMap);
    for (int question = 0; question < questions.size(); ++question)
        map_->addItem(tr("Mean: %1").arg(questions[question]),
                      mean_map_of(static_cast<std::size_t>(question)));
    for (int expert = 0; expert < names.size(); ++expert)
        map_->addItem(names[expert], expert);
    if (map_->findData(settings_.map) < 0)
        settings_.map = kMeanMap;
    map_->setCurrentIndex(map_->findData(settings_.map));
}

void OverlayControls::name_combined(const PanelOpinion& opinion) {
    const auto name = [this](int map, const QString& text) {
        if (const int at = map_->findData(map); at >= 0 && map_->itemText(at) != text)
            map_->setItemText(at, text);
    };
    const bool fused = fusion_of(opinion, opinion.leading) != nullptr;
    name(kMeanMap, opinion.answers.empty() ? combined_map_text(opinion, 0)
                   : fused                 ? tr("Fusion of the leading answer")
                                           : tr("Mean of the leading answer"));
    for (std::size_t q = 0; q < opinion.answers.size(); ++q)
        name(mean_map_of(q), combined_map_text(opinion, q));
}

QString OverlayControls::map_name() const {
    return map_->currentText();
}

void OverlayControls::set_settings(const OverlaySettings& settings) {
    settings_ = settings;
    if (map_->findData(settings_.map) < 0)
        settings_.map = kMeanMap;
    if (settings_.map != kNoMap)
        last_map_ = settings_.map;
    refresh();
}

void OverlayControls::apply(const OverlaySettings& settings) {
    const int before = settings_.map;
    set_settings(settings);
    Q_EMIT changed();
    if (settings_.map != before)
        Q_EMIT map_chosen();
}

void OverlayControls::toggle_map() {
    OverlaySettings settings = settings_;
    settings.map = settings.map == kNoMap ? last_map_ : kNoMap;
    apply(settings);
}

void OverlayControls::step_map(int by) {
    const int count = map_->count() - 1;  // Excludes "No heatmap".
    OverlaySettings settings = settings_;
    const int now = settings.map == kNoMap ? (by > 0 ? -1 : 0) : map_->findData(settings.map) - 1;
    settings.map = map_->itemData((now + by + count) % count + 1).toInt();
    apply(settings);
}

void OverlayControls::refresh() {
    const QSignalBlocker quiet[] = {QSignalBlocker(map_), QSignalBlocker(opacity_)};
    map_->setCurrentIndex(map_->findData(settings_.map));
    const int percent = static_cast<int>(std::lround(settings_.opacity * 100));
    opacity_->setValue(percent);
    opacity_text_->setText(tr("%1 %").arg(percent));
    for (int mode = 0; mode < 3; ++mode)
        modes_[mode]->setChecked(static_cast<int>(settings_.mode) == mode);
}

}  // namespace dfd::ui
