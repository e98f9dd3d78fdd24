// The status bar: device, precision, panel; queue, progress and time left.
#pragma once

#include <QStatusBar>

#include "ui/case/case_exporter.h"
#include "ui/case/case_scan.h"
#include "ui/list/examination_session.h"

class QLabel;
class QProgressBar;
class QToolButton;

namespace dfd::ui {

class StatusStrip : public QStatusBar {
    Q_OBJECT

  public:
    explicit StatusStrip(QWidget* parent = nullptr);
    void show_panel(const ExaminationSession& session);
    void show_loading(double fraction, const QString& what);
    void show_queue(const ExaminationSession& session);
    /// Of a scan that is running.
    void show_scan(const CaseScan& scan);
    /// Of an export that is running.
    void show_export(const CaseExporter& exporting);
    [[nodiscard]] QString left_text() const;
    [[nodiscard]] QString queue_text() const;

  Q_SIGNALS:
    void stop_wanted();

  private:
    void show_share(const QString& text, std::int64_t done, std::int64_t total);

    QLabel* left_;
    QLabel* queue_;
    QProgressBar* progress_;
    QToolButton* stop_;
};

}  // namespace dfd::ui
