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

namespace dfd::ui {

OverlayControls::OverlayControls(QWidget* parent)
    : QWidget(parent),
      map_(new QComboBox(this)),
      how_(new QMenu(this)),
      opacity_(new QSlider(Qt::Horizontal, this)),
      opacity_text_(make_label(this, TextSize::Caption, false, true)) {
    map_->setAccessibleName(tr("Heatmap over the picture"));
    map_->setToolTip(tr("Heatmap that is drawn over the picture"));
    map_->setMinimumContentsLength(20);
    map_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    set_experts({});

    auto* const colours = new QActionGroup(this);
    const std::pair<ColourMap, QString> maps[] = {{ColourMap::Inferno, tr("Inferno")},
                                                  {ColourMap::Cividis, tr("Cividis")}};
    for (const auto& [map, name] : maps)
        add_how(
            colours, tr("Colours: %1").arg(name),
            tr("Even steps of brightness; readable with colour-vision deficiency"),
            [map = map](OverlayChoice& choice) { choice.colours = map; },
            [map = map](const OverlayChoice& choice) { return choice.colours == map; });
    how_->addSeparator();
    how_->setToolTipsVisible(true);
    auto* const scales = new QActionGroup(this);
    add_how(
        scales, tr("Scale: common to all experts"), tr("Makes the experts comparable"),
        [](OverlayChoice& choice) { choice.scale = MapScale::Common; },
        [](const OverlayChoice& choice) { return choice.scale == MapScale::Common; });
    add_how(
        scales, tr("Scale: separate for each map"),
        tr("The largest value of the map has the brightest colour, so weak evidence is visible, "
           "too"),
        [](OverlayChoice& choice) { choice.scale = MapScale::Own; },
        [](const OverlayChoice& choice) { return choice.scale == MapScale::Own; });
    auto* const how = new QToolButton(this);
    how->setIcon(icon(QStringLiteral("adjust")));
    how->setIconSize(QSize(20, 20));
    how->setFocusPolicy(Qt::StrongFocus);
    how->setPopupMode(QToolButton::InstantPopup);
    how->setMenu(how_);
    how->setToolTip(tr("Colours and scale of the heatmap"));
    how->setAccessibleName(tr("Colours and scale of the heatmap"));

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
    row->addWidget(how);

    connect(map_, &QComboBox::currentIndexChanged, this, [this] {
        OverlayChoice choice = choice_;
        choice.map = map_->currentData().toInt();
        edit(choice);
    });
    connect(opacity_, &QSlider::valueChanged, this, [this](int percent) {
        OverlayChoice choice = choice_;
        choice.opacity = percent / 100.0;
        edit(choice);
    });
    refresh();
}

void OverlayControls::add_how(QActionGroup* group, const QString& label, const QString& why,
                              const std::function<void(OverlayChoice&)>& set,
                              const std::function<bool(const OverlayChoice&)>& is_set) {
    QAction* const entry = how_->addAction(label);
    entry->setCheckable(true);
    entry->setToolTip(why);
    group->addAction(entry);
    connect(entry, &QAction::triggered, this, [this, set] {
        OverlayChoice choice = choice_;
        set(choice);
        edit(choice);
    });
    connect(how_, &QMenu::aboutToShow, entry,
            [this, entry, is_set] { entry->setChecked(is_set(choice_)); });
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
        OverlayChoice choice = choice_;
        choice.mode = mode;
        edit(choice);
    });
    return button;
}

void OverlayControls::set_experts(const QStringList& names) {
    const QSignalBlocker quiet(map_);
    map_->clear();
    map_->addItem(tr("No heatmap"), kNoMap);
    map_->addItem(tr("Mean of all experts"), kMeanMap);
    for (int expert = 0; expert < names.size(); ++expert)
        map_->addItem(names[expert], expert);
    if (choice_.map >= names.size())
        choice_.map = kMeanMap;
    map_->setCurrentIndex(map_->findData(choice_.map));
}

void OverlayControls::set_choice(const OverlayChoice& choice) {
    choice_ = choice;
    if (map_->findData(choice_.map) < 0)
        choice_.map = kMeanMap;
    if (choice_.map != kNoMap)
        last_map_ = choice_.map;
    refresh();
}

void OverlayControls::edit(const OverlayChoice& choice) {
    set_choice(choice);
    Q_EMIT changed();
}

void OverlayControls::toggle_map() {
    OverlayChoice choice = choice_;
    choice.map = choice.map == kNoMap ? last_map_ : kNoMap;
    edit(choice);
}

void OverlayControls::step_map(int by) {
    const int count = map_->count() - 1;  // Excludes "No heatmap".
    OverlayChoice choice = choice_;
    const int now = choice.map == kNoMap ? (by > 0 ? -1 : 0) : choice.map - kMeanMap;
    choice.map = (now + by + count) % count + kMeanMap;
    edit(choice);
}

void OverlayControls::refresh() {
    const QSignalBlocker quiet[] = {QSignalBlocker(map_), QSignalBlocker(opacity_)};
    map_->setCurrentIndex(map_->findData(choice_.map));
    const int percent = static_cast<int>(std::lround(choice_.opacity * 100));
    opacity_->setValue(percent);
    opacity_text_->setText(tr("%1 %").arg(percent));
    for (int mode = 0; mode < 3; ++mode)
        modes_[mode]->setChecked(static_cast<int>(choice_.mode) == mode);
}

}  // namespace dfd::ui
