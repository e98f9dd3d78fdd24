// Centre: the selected picture with its heatmaps, or what to do when there is none.
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

    /// Nothing is selected: the page that teaches. Its buttons are added by the window.
    [[nodiscard]] MessagePage* welcome() const { return welcome_; }
    [[nodiscard]] MessagePage* failure() const { return failure_; }
    [[nodiscard]] PictureView* view() const { return view_; }
    [[nodiscard]] OverlayControls* controls() const { return controls_; }
    [[nodiscard]] MapStrip* strip() const { return strip_; }

    void show_welcome();
    /// The panel's experts, by name.
    void set_experts(const QStringList& names);
    /// The same exhibit again only brings its newest results up to date.
    void show_exhibit(const Exhibit& exhibit, const QImage& thumbnail);
    void show_picture(ListedId id, const PyramidPtr& picture);
    [[nodiscard]] std::optional<ListedId> shown() const { return shown_; }

    /// A signed map in logits that takes the heatmap's place.
    struct Evidence {
        HeatMap map;
        float scale_max = 0;
        Towards towards = Towards::Both;  ///< the part that the map holds
        QString meaning;                  ///< beside the scale
        QString detail;                   ///< its tool tip
    };
    /// Shown instead of the chosen heatmap until there is none, or another picture.
    void show_evidence(std::optional<Evidence> evidence);
    [[nodiscard]] const std::optional<Evidence>& evidence() const { return evidence_; }

    /// What is laid over now, for an export of the same; an empty map for none.
    struct Drawn {
        HeatMap map;
        float scale_max = 0;
        bool is_signed = false;
    };
    [[nodiscard]] Drawn drawn() const;

  private:
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

    std::optional<ListedId> shown_;
    QString name_;
    QStringList experts_;
    ExaminationPtr examination_;
    std::optional<Evidence> evidence_;
    QImage small_;
};

}  // namespace dfd::ui
