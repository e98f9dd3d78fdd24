// Controller of the open case: its list, its summary and the selected exhibit. No widgets.
#pragma once

#include <QImage>
#include <QObject>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/casework/exhibits/exhibit_record.h"
#include "ui/case/case_exporter.h"
#include "ui/case/case_model.h"
#include "ui/case/case_review.h"
#include "ui/case/case_scan.h"

class QTimer;

namespace dfd::ui {

/// Facts about the case as a whole.
struct CaseSummary {
    CaseCounts counts;  ///< by the answers to the view's question
    std::map<std::string, std::int64_t> tags;
    std::vector<FolderCount> folders;
    std::vector<ThresholdProfile> profiles;
    ThresholdProfile active;
    std::vector<Question> questions;  ///< of the panel whose results are shown; none: it asks one
    std::map<std::string, ExhibitFilter> filters;
    std::optional<Scorer> scorer;  ///< whose results are shown
};

/// An exhibit as the case recorded it.
struct CaseExhibit {
    ExhibitId id = 0;
    ExhibitRecord record;
    QImage thumbnail;  ///< null when there is none
};
using CaseExhibitPtr = std::shared_ptr<const CaseExhibit>;

/// Reads on background threads; nothing here blocks. UI thread only.
class CaseController : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseController(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Returns at once; `opened` or `open_failed` follows. Opens for writing if possible, else
    /// read-only; with `make_new`, creates a missing file. Closes the current case once the new one
    /// is open.
    void open(const std::filesystem::path& path, bool make_new);
    void close();
    [[nodiscard]] bool is_open() const { return overview_ != nullptr; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] QString name() const;
    /// Why the case is read-only, as a sentence; empty if it is writable.
    [[nodiscard]] const QString& obstacle() const { return obstacle_; }

    /// Null for a read-only case. Keep it no longer than needed: it delays closing.
    [[nodiscard]] std::shared_ptr<CaseFile> writer() const { return writer_; }

    [[nodiscard]] CaseModel& model() { return *model_; }
    [[nodiscard]] CaseReview& review() { return *review_; }
    [[nodiscard]] CaseScan& scan() { return *scan_; }
    [[nodiscard]] CaseExporter& exporting() { return *export_; }
    /// Recorded in the audit log unless the case is read-only.
    void export_to(const ExportRequest& request);
    /// Scans into the case; does nothing if it is read-only.
    void scan_paths(const std::vector<std::filesystem::path>& paths,
                    std::shared_ptr<Evaluator> evaluator);

    void set_view(const CaseView& view);
    /// Reads everything again.
    void refresh();
    [[nodiscard]] const CaseSummary& summary() const { return summary_; }
    [[nodiscard]] std::shared_ptr<const LookAlikeIndex> look_alikes() const { return alike_; }
    /// Scores of the exhibits that pass the view's filter, ignoring its score and spread ranges.
    [[nodiscard]] const std::shared_ptr<const std::vector<ScorePoint>>& points() const {
        return points_;
    }
    /// How many exhibits pass that filter but have no assessment, and so no point.
    [[nodiscard]] std::int64_t unassessed() const { return unassessed_; }

    /// `exhibit_loaded` follows, unless a newer call replaces this one.
    void load_exhibit(ExhibitId id);

  Q_SIGNALS:
    void opened();
    void open_failed(const QString& sentence);
    void closed();
    /// A scan that left files out and was not repeated; once, after the case was opened. Scanning
    /// `paths` goes on; empty when it was one that only the command line makes.
    void scan_was_interrupted(const QString& sentence,
                              const std::vector<std::filesystem::path>& paths);
    void summary_changed();
    void look_alikes_changed();
    void points_changed();
    void exhibit_loaded(const dfd::ui::CaseExhibitPtr& exhibit);
    void problem(const QString& sentence);

  private:
    struct Opened;
    void adopt(Opened what);
    void read_summary();
    void read_points();
    void update_look_alikes();
    void poll_for_changes();
    /// Replaces queued work of `task` that has not started. Runs the function that `read` returns
    /// on the UI thread, unless the case has been closed by then.
    void read_then(Task& task, std::function<Task::Then(const CaseFile& file)> read);

    Task opening_, summary_task_, points_task_, look_alikes_task_, exhibit_task_;
    CaseModel* model_;
    CaseReview* review_;
    CaseScan* scan_;
    CaseExporter* export_;
    QTimer* watch_;     ///< polls for changes by another program when read-only
    QTimer* debounce_;  ///< merges several changes in quick succession

    std::filesystem::path path_;
    QString obstacle_;
    std::shared_ptr<CaseFile> writer_;
    std::filesystem::path closing_path_;        ///< of the case that was closed last
    std::weak_ptr<CaseFile> closing_;           ///< its writer, until that is closed
    std::shared_ptr<const CaseFile> overview_;  ///< connection for queries over the whole case
    std::int64_t last_entry_ = 0;               ///< newest entry of the audit log at the last check
    bool interrupted_told_ = false;
    CaseSummary summary_;
    std::shared_ptr<const std::vector<ScorePoint>> points_;
    std::int64_t unassessed_ = 0;
    std::shared_ptr<const LookAlikeIndex> alike_;
};

}  // namespace dfd::ui
