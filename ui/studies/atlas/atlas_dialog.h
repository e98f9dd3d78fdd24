// Dialog that scores one picture in overlapping windows: a map of the scores, a list, and the
// reference score.
#pragma once

#include <QDialog>

#include "core/engine/studies/atlas.h"
#include "core/opinion/bands.h"
#include "ui/picture/picture_loader.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;
class QTreeView;

namespace dfd::ui {

class AtlasMap;
class AtlasModel;
class AtlasRun;

class AtlasDialog : public QDialog {
    Q_OBJECT

  public:
    explicit AtlasDialog(QWidget* parent = nullptr);

    /// Sets another picture, or none (empty name). `preview` is shown until its pixels arrive.
    void show_subject(const QString& name, const QImage& preview, const QSize& size);
    void show_picture(const PyramidPtr& picture);
    /// `obstacle`: why nothing can be scored, as a sentence; empty if it can.
    void show_run(const AtlasRun& run, const QuestionBands& panel, const QString& obstacle);

    [[nodiscard]] AtlasMap* map() const { return map_; }
    [[nodiscard]] QTreeView* list() const { return list_; }
    [[nodiscard]] AtlasModel& model() { return *model_; }
    [[nodiscard]] QComboBox* scales() const { return scales_; }
    [[nodiscard]] QPushButton* start_button() const { return start_; }
    [[nodiscard]] QPushButton* stop_button() const { return stop_; }
    [[nodiscard]] QString reference() const;
    [[nodiscard]] QString state() const;
    [[nodiscard]] QString detail() const;

    /// The selectable sets of scales; the first is the picture's own size.
    [[nodiscard]] static const std::vector<std::vector<double>>& choices();

  Q_SIGNALS:
    void start_requested();
    void stop_requested();
    void scales_chosen(const std::vector<double>& scales);

  private:
    void show_choices(const AtlasRun& run);
    void show_state(const AtlasRun& run, const QString& obstacle);
    void show_detail();
    void step(int by);

    QLabel* title_;
    QLabel* reference_;
    QComboBox* scales_;
    QPushButton* start_;
    QPushButton* stop_;
    QLabel* state_;
    QProgressBar* busy_;
    AtlasMap* map_;
    AtlasModel* model_;
    QTreeView* list_;
    QLabel* detail_;
    QTimer* debounce_;  ///< limits repainting of the colours to a few times per second
    PanelOpinion whole_;
    quint64 generation_ = 0;
};

}  // namespace dfd::ui
