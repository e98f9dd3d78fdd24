// Scans pictures into the open case in the background.
#pragma once

#include <QObject>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/casework/scan/scan.h"
#include "ui/work/task.h"

namespace dfd::ui {

/// One scan at a time. UI thread only.
class CaseScan : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseScan(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Returns at once; `ended` follows. Folders are searched recursively.
    void start(std::shared_ptr<CaseFile> file, std::shared_ptr<Evaluator> evaluator,
               const std::vector<std::filesystem::path>& paths);
    /// Reports the end at once; results that are already finished are still written.
    void stop();
    [[nodiscard]] bool running() const { return scanning_.running() && !stopped_; }
    [[nodiscard]] const ScanProgress& progress() const { return progress_; }
    /// "12 of 340 scanned, 10 scored, about 2 min left"; the time goes on between two counts.
    [[nodiscard]] QString progress_text() const { return progress_text(progress_); }
    [[nodiscard]] static QString progress_text(
        const ScanProgress& progress,
        std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

  Q_SIGNALS:
    void progressed();
    /// New results have been written to the case.
    void written();
    void ended(const QString& sentence, bool succeeded);

  private:
    void show_progress(const ScanProgress& progress);
    void end(const QString& sentence, bool succeeded);

    Task scanning_;
    bool stopped_ = false;  ///< reported as ended, but may still be writing
    ScanProgress progress_;
};

}  // namespace dfd::ui
