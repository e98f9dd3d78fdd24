// Full-screen presentation for an audience: one picture at a time, experts vote one after another.
#pragma once

#include <QFont>
#include <QImage>
#include <QPointer>
#include <QWidget>
#include <optional>
#include <vector>

#include "core/opinion/bands.h"
#include "ui/list/exhibit_model.h"
#include "ui/list/image_convert.h"
#include "ui/picture/heatmap_image.h"
#include "ui/studies/presentation/stage_words.h"

class QTimer;
class QVariantAnimation;

namespace dfd::ui {

/// Content of one slide.
struct Slide {
    PictureKey key;
    QString name;
    QString position;  ///< "3 of 12"
    QImage preview;    ///< shown until the pixels arrive
    std::shared_ptr<const PicturePyramid> picture;
    ExaminationPtr examination;  ///< null before Decoded
    QString waiting;             ///< text while there is no opinion
    QString panel;               ///< name of the panel
    QString caution;             ///< a sentence that stands below every score; empty for none
    QString firmness;            ///< "0.71 to 0.93 over ordinary re-sharing", or empty
    QuestionBands bands;
    ColourMap colours = ColourMap::Inferno;  ///< of the maps, as the user chose them
    double opacity = 0.65;
    MapSupports supports;
};

/// Works with keys and with a presenter's remote. Right, space, Page Down or a click: one step on,
/// which is the next expert's vote, then the verdict, then what else there is to say of it in
/// letters that can be read from the last row, then the next picture. Left, backspace, Page
/// Up: one step back. A: all votes by themselves. Up, down: change the picture at once. Home:
/// restart the vote. B or full stop: blank the screen. ?: these keys; the stage says so when it
/// appears. Escape: leave. If the desktop has animations switched off, A shows the verdict at once
/// and maps do not fade. Each map has a scale of its own, so that it is seen from the last row.
class Presentation : public QWidget {
    Q_OBJECT

  public:
    explicit Presentation(QWidget* parent = nullptr);

    /// Another picture starts before its vote; the same one keeps its state.
    void show_slide(const Slide& slide);
    /// Number of experts that have voted; the verdict is shown after the last one.
    [[nodiscard]] int voted() const { return voted_; }
    [[nodiscard]] bool verdict_shown() const { return verdict_shown_; }
    /// How many steps the verdict takes, and which of them is shown, from 0.
    [[nodiscard]] int pages() const { return static_cast<int>(story_pages().words.size()); }
    [[nodiscard]] int page() const { return page_; }
    /// Whether the experts' rows stand on what is shown now.
    [[nodiscard]] bool shows_experts() const { return shows_experts(story_pages()); }
    [[nodiscard]] bool is_blank() const { return blank_; }
    [[nodiscard]] bool keys_shown() const { return keys_shown_; }
    /// Whether the stage says which key shows the keys: for a few seconds.
    [[nodiscard]] bool keys_hinted() const { return keys_hinted_; }
    /// Whether every word of the last painting was whole. The file's name, which may have any
    /// length, may be shortened in its middle.
    [[nodiscard]] bool all_words_fit() const { return all_fit_; }
    /// Size of the smallest letters of the last painting, in pixels.
    [[nodiscard]] int smallest_letters() const { return smallest_; }
    /// The screen's content as text, for screen readers: with the verdict, its whole story.
    [[nodiscard]] QString accessible_text() const;
    void set_animated(bool animated) { animated_ = animated; }

  Q_SIGNALS:
    void step_requested(int by);  ///< the user wants another picture

  protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

  private:
    [[nodiscard]] const PanelOpinion* opinion() const;
    [[nodiscard]] int experts() const;
    void advance();
    void go_back();
    void play_votes();
    void next_vote();
    void show_step();
    void restart();
    void show_verdict();
    void show_page(int page);
    void show_map(int choice);
    void hide_map();
    void announce();
    [[nodiscard]] StageStory whole_story() const;
    /// The story as it is shown, step by step.
    struct Pages {
        /// On how many pages the experts' rows stand: all, the first alone where they leave no
        /// room for what counts, or none where they have no room for large letters.
        int with_rows = 0;
        QStringList words;  ///< one at least
    };
    [[nodiscard]] Pages story_pages() const;
    [[nodiscard]] bool shows_experts(const Pages& pages) const {
        return !verdict_shown_ || page_ < pages.with_rows;
    }
    [[nodiscard]] QRectF panel_area() const;
    [[nodiscard]] QString foot() const;
    /// In pixels: what the verdict and the foot leave for experts and story, before the vote, too.
    [[nodiscard]] double room_left() const;
    [[nodiscard]] double verdict_height() const;
    [[nodiscard]] double experts_height() const;
    void paint_picture(QPainter& painter, const QRectF& area) const;
    /// What the map's colours mean and what is to be said of it, or which key shows the keys.
    void paint_legend(QPainter& painter, const QRectF& area) const;
    void paint_panel(QPainter& painter, const QRectF& area) const;
    void paint_experts(QPainter& painter, const QRectF& area) const;
    void paint_keys(QPainter& painter) const;
    /// One line, in a smaller font where it does not fit, and cut off only as a last resort.
    /// Returns the height of a line in the full size.
    double paint_line(QPainter& painter, const QRectF& area, QFont font, const QString& words,
                      Qt::TextElideMode mode = Qt::ElideRight) const;
    /// Wrapped text, in smaller letters where it does not fit; `size` and `least` in pixels.
    void paint_words(QPainter& painter, const QRectF& room, double size, double least,
                     const QString& words) const;
    void set_font(QPainter& painter, const QFont& font) const;

    Slide slide_;
    std::optional<PanelOpinion> titled_;  ///< the slide's, with names for people
    int voted_ = 0;
    bool verdict_shown_ = false;
    int page_ = 0;  ///< of the verdict
    bool animated_;
    QTimer* votes_;
    QVariantAnimation* fade_;
    QImage map_;        ///< drawn over the picture
    QString map_note_;  ///< as `standing_text`
    bool blank_ = false;
    bool keys_shown_ = false;
    bool keys_hinted_ = true;
    mutable bool all_fit_ = true;
    mutable int smallest_ = 0;
};

}  // namespace dfd::ui
