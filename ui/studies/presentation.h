// For an audience: one picture at a time, full screen, its experts voting one after another.
#pragma once

#include <QImage>
#include <QPointer>
#include <QWidget>
#include <vector>

#include "ui/list/exhibit_model.h"
#include "ui/list/image_convert.h"

class QTimer;
class QVariantAnimation;

namespace dfd::ui {

/// What is shown of a picture.
struct Slide {
    ListedId id = 0;
    QString name;
    QString place;   ///< "3 of 12"
    QImage preview;  ///< until the pixels are there
    std::shared_ptr<const PicturePyramid> picture;
    ExaminationPtr examination;  ///< null before Decoded
    QString waiting;             ///< said while there is no opinion
    QString panel;               ///< whose scores these are
    QString firmness;            ///< "0.71 to 0.93 over ordinary re-sharing", or empty
    BandThresholds thresholds;
};

/// Keys, and the buttons of a presenter's remote: right, space, Page Down go on (the experts vote,
/// then the next picture comes); left, backspace, Page Up go back; up and down change the picture
/// at once; Home begins the vote anew; Escape leaves. The mouse goes on with a click. Where the
/// desktop has animations switched off, all experts vote at once and maps do not fade.
class Presentation : public QWidget {
    Q_OBJECT

  public:
    explicit Presentation(QWidget* parent = nullptr);

    /// Another picture begins before its vote; the same one keeps what has been revealed.
    void show_slide(const Slide& slide);
    /// Experts that have voted; the verdict is told after the last.
    [[nodiscard]] int voted() const { return voted_; }
    [[nodiscard]] bool verdict_told() const { return told_; }
    /// What is on screen, in words.
    [[nodiscard]] QString spoken() const;
    void set_motion(bool motion) { motion_ = motion; }

  Q_SIGNALS:
    void step_wanted(int by);  ///< another picture

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

  private:
    [[nodiscard]] const PanelOpinion* opinion() const;
    [[nodiscard]] int experts() const;
    void go_on();
    void go_back();
    void start_vote();
    void next_vote();
    void tell_verdict();
    void show_map(int choice);
    void announce();
    [[nodiscard]] QString story() const;
    void paint_picture(QPainter& painter, const QRectF& area) const;
    void paint_panel(QPainter& painter, const QRectF& area) const;
    void paint_experts(QPainter& painter, const QRectF& area) const;

    Slide slide_;
    int voted_ = 0;
    bool told_ = false;
    bool motion_;
    QTimer* votes_;
    QVariantAnimation* fade_;
    QImage map_;  ///< laid over the picture
};

}  // namespace dfd::ui
