// Work on the selected picture in the background, while somebody watches.
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

/// Which picture is looked at closely, and what is known of it.
struct PictureSubject {
    std::vector<Source> sources;           ///< the first that holds `sha256`
    std::string sha256;                    ///< of its bytes; by it results are kept
    QSize size;                            ///< as it was examined
    PanelOpinion opinion;                  ///< of the whole, untouched picture
    std::shared_ptr<Evaluator> evaluator;  ///< the panel that gave it; null: not at hand
    std::vector<double> weights;           ///< as the window weighs its experts; may be empty
    /// Panel, precision and case: what is known of pictures is kept while it stays the same.
    std::string scope;

    [[nodiscard]] bool same_picture(const PictureSubject& other) const {
        return sha256 == other.sha256 && scope == other.scope && evaluator == other.evaluator;
    }
};

/// One run at a time; what an ended or stopped one still says is dropped. UI thread only; nothing
/// here blocks.
class PictureRun : public QObject {
    Q_OBJECT

  public:
    /// What is finished stays. `changed` follows when something was running.
    void stop();
    [[nodiscard]] bool running() const { return task_.running(); }
    /// Why the last run ended early, a sentence; empty when it did not.
    [[nodiscard]] const QString& problem() const { return problem_; }

  Q_SIGNALS:
    void changed();
    /// A run came to its end without being stopped and without a problem; after `changed`.
    void finished();

  protected:
    /// `threads` is not owned and must live longer.
    PictureRun(BackgroundThreads& threads, QObject* parent);

    /// On another thread, where `this` must not be touched; throws what went wrong.
    using Work = std::function<void(const Task::Run& run)>;
    /// Stops what runs and begins; `changed` follows.
    void launch(Work work);
    void forget_problem() { problem_.clear(); }
    /// Brings what is shown up to date and emits `changed`; the run may just have ended.
    virtual void refresh() = 0;

  private:
    void end(const QString& problem);

    Task task_;
    QString problem_;
};

}  // namespace dfd::ui
