// What leaves the open case for a file.
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

    /// Returns at once; `ended` follows. `writer` notes it in the audit log if it is still there
    /// then; null where the case is only read.
    void start(const std::filesystem::path& case_path, const std::shared_ptr<CaseFile>& writer,
               const ExportRequest& request);
    /// Asks it to end: `ended` follows and tells whether the file was whole before that.
    void stop();
    [[nodiscard]] bool running() const { return exporting_.running(); }
    [[nodiscard]] std::int64_t done() const { return done_; }
    [[nodiscard]] std::int64_t total() const { return total_; }
    /// "12 of 340 exported, about 2 min left"
    [[nodiscard]] QString progress_text() const;

    enum class Ending { Well, Stopped, Unlogged, Failed };

  Q_SIGNALS:
    void progressed();
    void ended(const QString& sentence, dfd::ui::CaseExporter::Ending how);

  private:
    void end(const QString& sentence, Ending how);

    Task exporting_;
    std::int64_t done_ = 0, total_ = 0;
    qint64 began_ = 0;  ///< milliseconds
};

}  // namespace dfd::ui
