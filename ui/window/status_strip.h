// Status bar: device, precision and panel; queue, progress and remaining time.
#pragma once

#include <QStatusBar>

#include "ui/case/case_exporter.h"
#include "ui/case/case_scan.h"
#include "ui/list/examination_session.h"

class QLabel;
class QProgressBar;
class QTimer;
class QToolButton;

namespace dfd::ui {

class ElidedLabel;

class StatusStrip : public QStatusBar {
    Q_OBJECT

  public:
    explicit StatusStrip(QWidget* parent = nullptr);
    void show_panel(const ExaminationSession& session);
    void show_loading(double fraction, const QString& what);
    void show_queue(const ExaminationSession& session);
    /// Progress of a running scan.
    void show_scan(const CaseScan& scan);
    /// Progress of a running export.
    void show_export(const CaseExporter& exporting);
    /// After what was shown: tells a screen reader that work has begun or ended, and nothing in
    /// between.
    void announce();
    [[nodiscard]] QString panel_text() const;
    [[nodiscard]] QString queue_text() const;

  Q_SIGNALS:
    void stop_requested();
    /// Every second while progress is shown, so that the remaining time can be counted down.
    void time_passed();

  private:
    void show_progress(const QString& text, std::int64_t done, std::int64_t total);

    ElidedLabel* panel_;
    QLabel* queue_;
    QProgressBar* progress_;
    QToolButton* stop_;
    QTimer* second_;
    bool announced_busy_ = false;
};

}  // namespace dfd::ui
