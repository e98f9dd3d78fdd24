// Base class of studies that run in the background on the selected picture.
#pragma once

#include <QObject>
#include <QSize>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "ui/work/task.h"

namespace dfd::ui {

/// The picture of a study and what is known of it.
struct PictureSubject {
    std::vector<Source> sources;           ///< the first with this `sha256` is used
    std::string sha256;                    ///< of the file's bytes; key of stored results
    QSize size;                            ///< size in the examination
    PanelOpinion opinion;                  ///< of the whole, unaltered picture
    std::shared_ptr<Evaluator> evaluator;  ///< the panel behind `opinion`; null if unavailable
    std::vector<double> weights;           ///< the window's weights of the experts; may be empty
    /// Panel, precision and case; stored results are valid while it stays the same.
    std::string scope;

    [[nodiscard]] bool same_picture(const PictureSubject& other) const {
        return sha256 == other.sha256 && scope == other.scope && evaluator == other.evaluator;
    }
};

/// One run at a time; later results of an ended or stopped run are dropped. UI thread only; nothing
/// here blocks.
class PictureRun : public QObject {
    Q_OBJECT

  public:
    /// Finished results are kept. `changed` follows if a run was active.
    void stop();
    [[nodiscard]] bool running() const { return task_.running(); }
    /// Why the last run ended early, as a sentence; empty if it did not.
    [[nodiscard]] const QString& problem() const { return problem_; }

  Q_SIGNALS:
    void changed();
    /// A run has completed without stop or problem; emitted after `changed`.
    void finished();

  protected:
    /// `threads` is not owned and must live longer.
    PictureRun(BackgroundThreads& threads, QObject* parent);

    /// Runs on another thread, where `this` must not be used. Failures are reported as exceptions.
    using Work = std::function<void(const Task::Run& run)>;
    /// Stops the current run and starts this one; `changed` follows.
    void launch(Work work);
    void clear_problem() { problem_.clear(); }
    /// Updates what is shown and emits `changed`; the run may just have ended.
    virtual void refresh() = 0;

  private:
    void end(const QString& problem);

    Task task_;
    QString problem_;
};

}  // namespace dfd::ui
