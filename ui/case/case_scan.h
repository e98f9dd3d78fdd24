// Pictures on their way into the open case.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/casework/scan/scan.h"
#include "ui/work/job_queue.h"

namespace dfd::ui {

/// One scan at a time. UI thread only.
class CaseScan : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseScan(BackgroundThreads& threads, QObject* parent = nullptr);
    ~CaseScan() override;

    /// Returns at once; `ended` follows. Folders are searched below.
    void start(std::shared_ptr<CaseFile> file, std::shared_ptr<Evaluator> evaluator,
               const std::vector<std::filesystem::path>& paths);
    /// Over at once for whoever looks; what is finished is still written.
    void stop();
    [[nodiscard]] bool running() const { return running_; }
    [[nodiscard]] const ScanProgress& progress() const { return progress_; }
    /// "12 of 340 looked at, 10 scored, about 2 min left"
    [[nodiscard]] QString progress_text() const;

  Q_SIGNALS:
    void progressed();
    /// More results are in the case than before.
    void written();
    void ended(const QString& sentence, bool well);

  private:
    struct Latest;
    void take(quint64 scan, const ScanProgress& progress);
    void end(quint64 scan, const QString& sentence, bool well);

    std::shared_ptr<Postbox> postbox_;
    JobQueue scanning_;
    std::stop_source stop_;
    ScanProgress progress_;
    qint64 began_ = 0;  ///< milliseconds
    quint64 scan_ = 0;
    bool running_ = false;
};

}  // namespace dfd::ui
