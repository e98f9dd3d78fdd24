// Centre pane: the selected picture with its heatmaps, or a welcome page.
#pragma once

#include <QStackedWidget>
#include <optional>

#include "ui/list/exhibit_model.h"
#include "ui/picture/overlay_controls.h"
#include "ui/picture/picture_loader.h"

namespace dfd::ui {

class ColourScale;
class MapStrip;
class MessagePage;

class PicturePane : public QWidget {
    Q_OBJECT

  public:
    explicit PicturePane(QWidget* parent = nullptr);

    /// Page for an empty selection. The window adds its buttons.
    [[nodiscard]] MessagePage* welcome() const { return welcome_; }
    [[nodiscard]] MessagePage* failure() const { return failure_; }
    [[nodiscard]] PictureView* view() const { return view_; }
    [[nodiscard]] OverlayControls* controls() const { return controls_; }
    [[nodiscard]] MapStrip* strip() const { return strip_; }

    void show_welcome();
    /// Names of the panel's experts.
    /// `questions`: texts of the panel's questions, when it asks several.
    void set_experts(const QStringList& names, const QStringList& questions = {});
    /// For the exhibit already shown, only updates its results.
    void show_exhibit(const Exhibit& exhibit, const QImage& thumbnail);
    void show_picture(const PictureKey& key, const PyramidPtr& picture);
    [[nodiscard]] std::optional<PictureKey> shown() const { return shown_; }

    /// A signed map in logits, shown instead of the heatmap.
    struct Evidence {
        HeatMap map;
        float scale_max = 0;
        Towards towards = Towards::Both;      ///< the side that the map contains
        QString meaning;                      ///< label next to the scale
        QString detail;                       ///< tool tip of the scale
        std::optional<Support> support = {};  ///< by the map's deletion test; empty: not tested
    };
    /// Replaces the chosen heatmap until reset or until another picture is shown.
    void show_evidence(std::optional<Evidence> evidence);
    [[nodiscard]] const std::optional<Evidence>& evidence() const { return evidence_; }

    /// What the deletion tests of a picture's heatmaps found: until another call, and for this
    /// picture alone.
    void set_supports(const PictureKey& key, const MapSupports& supports);
    [[nodiscard]] MapSupports supports_of(const PictureKey& key) const;

    /// The current overlay, for export; an empty map if there is none.
    struct Drawn {
        HeatMap map;
        float scale_max = 0;
        bool is_signed = false;
        QString name;  ///< "Mean of all experts"
        /// Why the map says nothing about a fake: there is no assessment of the picture. A
        /// sentence; empty if it may say something.
        QString no_assessment;
        std::string layer = {};  ///< what an expert's map is of; empty for a mean
        MapStanding standing = MapStanding::Firm;
    };
    [[nodiscard]] Drawn drawn() const;

  private:
    /// The first view of a picture without an assessment is the picture alone. The user's choice of
    /// a map comes back with the next picture that has one.
    void set_map_aside();
    void refresh_overlay();
    void refresh_strip();
    void refresh_zoom();

    QStackedWidget* pages_;
    MessagePage* welcome_;
    MessagePage* failure_;
    QWidget* work_;
    OverlayControls* controls_;
    PictureView* view_;
    ColourScale* scale_;
    MapStrip* strip_;

    std::optional<PictureKey> shown_;
    QString name_;
    QStringList experts_;
    QStringList questions_;
    ExaminationPtr examination_;
    std::optional<Evidence> evidence_;
    PictureKey supported_;  ///< what `supports_` is about
    MapSupports supports_;
    std::optional<int> set_aside_;  ///< the map that would be shown if there were an assessment
    bool withheld_ = false;         ///< of the picture shown there is no assessment
    QImage small_;
};

}  // namespace dfd::ui
