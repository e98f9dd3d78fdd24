// Controller of the examined list: owns the examiner, the exhibits and the panel. No widgets. UI
// thread only.
#pragma once

#include <QImage>
#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "core/engine/examine/time_left.h"
#include "core/engine/results/result_export.h"
#include "ui/list/exhibit_model.h"
#include "ui/work/backend.h"
#include "ui/work/task.h"

namespace dfd::ui {

enum class PanelState {
    Loading,  ///< no panel is loaded yet
    Ready,
    Missing,  ///< none could be opened; panel_problem() says why and what to do
};

/// Progress of the queue.
struct QueueProgress {
    int done = 0;
    int total = 0;                       ///< since the queue was last empty
    std::optional<double> seconds_left;  ///< as `time_left` says
    [[nodiscard]] int waiting() const { return total - done; }
};

class ExaminationSession : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    ExaminationSession(Backend backend, BackgroundThreads& threads, QObject* parent = nullptr);
    /// Returns at once: the examiner is destroyed on a background thread.
    ~ExaminationSession() override;

    [[nodiscard]] ExhibitModel& exhibits() { return exhibits_; }
    [[nodiscard]] const Backend& backend() const { return backend_; }

    // --- panel
    /// Loads in the background. The panel in use stays until the new one is ready; then every
    /// exhibit is queued again.
    void open_panel(const PanelChoice& choice);
    /// Lists the panels in the background; panels_listed follows.
    void list_panels();
    [[nodiscard]] PanelState panel_state() const { return panel_state_; }
    [[nodiscard]] bool loading_panel() const { return opening_.running(); }
    [[nodiscard]] const QString& panel_problem() const { return panel_problem_; }
    /// Null until a panel is ready.
    [[nodiscard]] const Evaluator* evaluator() const { return evaluator_.get(); }
    /// For use elsewhere, on any thread; null until a panel is ready.
    [[nodiscard]] std::shared_ptr<Evaluator> shared_evaluator() const { return evaluator_; }
    [[nodiscard]] ScoredBy scored_by() const;  ///< only when Ready

    // --- combination
    /// Recombines every result with these weights of the experts; empty, or all 1, is the reference
    /// combination. A new panel starts with its reference combination.
    void set_weights(std::vector<double> weights);
    [[nodiscard]] bool reference_combination() const { return exhibits_.weights().empty(); }

    // --- pictures
    /// Files and folders (searched recursively); listed in the background.
    void add_paths(std::vector<std::filesystem::path> paths);
    /// Encoded bytes, kept as received.
    void add_bytes(QByteArray bytes, const QString& label);
    /// Pixels; encoded as PNG in the background.
    void add_image(const QImage& image, const QString& label);
    void remove(const std::vector<ListedId>& ids);
    /// Lists the pictures of the last removal again, with their results if the panel is the same.
    void restore_removed();
    [[nodiscard]] bool can_restore() const { return !removed_.empty(); }

    // --- queue
    /// Examines this picture next; the last call wins.
    void examine_next(ListedId id);
    /// Examines these next, in this order, after the picture of `examine_next`.
    void examine_soon(const std::vector<ListedId>& ids);
    void cancel_all();
    /// Queues finished, failed and cancelled exhibits again.
    void examine_again(const std::vector<ListedId>& ids);
    [[nodiscard]] QueueProgress progress() const;
    [[nodiscard]] bool busy() const {
        return !running_.empty() || finding_.running() || encoding_.running();
    }

  Q_SIGNALS:
    void panel_state_changed();
    void panel_loading(double fraction, const QString& what);  ///< fraction < 0: unknown
    void panel_failed(const QString& sentence);
    void combination_changed();
    void panels_listed(const std::vector<dfd::ListedPanel>& panels);
    void exhibits_added(const std::vector<dfd::ui::ListedId>& ids);
    void nothing_added(const QString& sentence);
    void already_listed(int count, dfd::ui::ListedId first);
    /// `restore_removed` can undo it until the next removal.
    void removed(int count, const QString& first_name);
    void progress_changed();

  private:
    struct Inbox;
    struct Listing {
        Source source;
        std::uint64_t bytes = 0;  ///< of the file; 0 if unknown
    };

    void panel_ready(std::shared_ptr<Evaluator> evaluator);
    void panel_load_failed(const QString& sentence);
    void start_examiner();
    void retire_examiner();
    void submit(ListedId id);
    void submit_all(const std::vector<ListedId>& ids);
    void process_inbox();
    void show_scoring(const std::vector<ExaminationId>& now);
    void add_sources(std::vector<Listing> found, const QString& when_empty);
    void finish_examination(ExaminationId examination);
    void end_batch();

    Backend backend_;
    ExhibitModel exhibits_;
    std::vector<Exhibit> removed_;         ///< by the last removal
    std::weak_ptr<Evaluator> removed_by_;  ///< the panel behind their results
    std::shared_ptr<Postbox> postbox_;     ///< for the examiner's steps
    Task opening_, listing_;               ///< panels
    Task finding_, encoding_;              ///< pictures
    Task retiring_;                        ///< examiners

    PanelState panel_state_ = PanelState::Missing;
    QString panel_problem_;
    std::shared_ptr<Evaluator> evaluator_;

    std::shared_ptr<Examiner> examiner_;
    std::shared_ptr<Inbox> inbox_;  ///< of the current examiner; a retired examiner has its own
    std::unordered_map<ExaminationId, ListedId> exhibit_of_;
    std::unordered_map<ListedId, ExaminationId> running_;
    std::optional<ListedId> next_;

    int batch_total_ = 0;
    int batch_done_ = 0;
    TimeLeft pace_;                           ///< of the batch
    TimeLeft::Clock::time_point batch_last_;  ///< when the last one was finished, or the start
    std::uint64_t bytes_left_ = 0;            ///< of all that are running
};

}  // namespace dfd::ui
