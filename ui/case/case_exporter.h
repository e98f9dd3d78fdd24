// Exports the open case to a file in the background.
#pragma once

#include <QObject>
#include <memory>

#include "core/casework/report/export_case.h"
#include "ui/work/task.h"

namespace dfd::ui {

/// One export at a time. UI thread only.
class CaseExporter : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseExporter(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Returns at once; `ended` follows. The export is recorded in `writer`'s audit log if the case
    /// is still open at the end. `writer` is null for a read-only case.
    void start(const std::filesystem::path& case_path, const std::shared_ptr<CaseFile>& writer,
               const ExportRequest& request);
    /// Asks the export to stop. `ended` follows and tells whether the file was complete before
    /// that.
    void stop();
    [[nodiscard]] bool running() const { return exporting_.running(); }
    [[nodiscard]] std::int64_t done() const { return done_; }
    [[nodiscard]] std::int64_t total() const { return total_; }
    /// "12 of 340 exported, about 2 min left"
    [[nodiscard]] QString progress_text() const;

    enum class Outcome { Completed, Stopped, NotLogged, Failed };

  Q_SIGNALS:
    void progressed();
    /// `file` and its SHA-256 are empty if nothing was written.
    void ended(const QString& sentence, dfd::ui::CaseExporter::Outcome outcome, const QString& file,
               const QString& digest);

  private:
    void end(const QString& sentence, Outcome outcome, const QString& file = {},
             const QString& digest = {});

    Task exporting_;
    std::int64_t done_ = 0, total_ = 0;
    qint64 started_at_ = 0;  ///< milliseconds
};

}  // namespace dfd::ui
