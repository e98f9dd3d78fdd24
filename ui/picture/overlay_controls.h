// Controls for the heatmap overlay: which map, its colours, scale and opacity, and the view mode.
#pragma once

#include <QWidget>
#include <functional>

#include "core/opinion/opinion.h"
#include "core/picture/pixels/heatmap_overlay.h"
#include "ui/picture/heatmap_image.h"
#include "ui/picture/picture_view.h"

class QComboBox;
class QActionGroup;
class QLabel;
class QMenu;
class QSlider;
class QToolButton;

namespace dfd::ui {

/// The user's settings; kept when the picture changes.
struct OverlaySettings {
    int map = kMeanMap;  ///< an expert's index, kMeanMap or kNoMap
    double opacity = 0.7;
    ColourMap colours = ColourMap::Inferno;
    CompareMode mode = CompareMode::Overlay;
    MapScale scale = MapScale::Common;
};

class OverlayControls : public QWidget {
    Q_OBJECT

  public:
    explicit OverlayControls(QWidget* parent = nullptr);
    [[nodiscard]] const OverlaySettings& settings() const { return settings_; }
    void set_settings(const OverlaySettings& settings);
    /// The chosen map's entry in the list.
    [[nodiscard]] QString map_name() const;
    /// Names of the experts whose maps can be chosen.
    /// `questions`: texts of the panel's questions, when it asks several.
    void set_experts(const QStringList& names, const QStringList& questions = {});
    /// Names the maps of several experts as this opinion combines them: by a mean or a fusion.
    void name_combined(const PanelOpinion& opinion);
    /// Hides the heatmap, or shows the last one again.
    void toggle_map();
    /// Next or previous map, with wrap-around.
    void step_map(int by);

  Q_SIGNALS:
    void changed();
    /// The user chose another map here; after `changed`.
    void map_chosen();

  private:
    void apply(const OverlaySettings& settings);
    void refresh();
    /// Adds one exclusive entry to the menu of colours and scales.
    void add_option(QActionGroup* group, const QString& label, const QString& why,
                    const std::function<void(OverlaySettings&)>& set,
                    const std::function<bool(const OverlaySettings&)>& is_set);
    QToolButton* add_mode(const QString& icon_name, const QString& label, CompareMode mode);

    OverlaySettings settings_;
    int last_map_ = kMeanMap;
    QComboBox* map_;
    QMenu* options_;
    QSlider* opacity_;
    QLabel* opacity_text_;
    QToolButton* modes_[3];
};

}  // namespace dfd::ui
