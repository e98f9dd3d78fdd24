// Decisions about exhibits, on their way into the case: signed, timed, undoable, never waited for.
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <string>

#include "core/casework/exhibits/kept_stability.h"
#include "core/casework/exhibits/review.h"
#include "ui/case/case_model.h"

namespace dfd::ui {

/// Everything returns at once and is written in the order of the calls, also when the case or the
/// window is closed meanwhile. UI thread only.
class CaseReview : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseReview(BackgroundThreads& threads, QObject* parent = nullptr);
    ~CaseReview() override;

    /// Null for a case that is only read: then nothing below does anything.
    void open(std::shared_ptr<CaseFile> file);
    void close();
    [[nodiscard]] bool writable() const { return file_ != nullptr; }

    /// What is decided from now on is signed so; empty: by the login name. What was decided before
    /// keeps its name, also when it is still being written.
    void sign_as(const std::string& name) { name_ = name; }
    [[nodiscard]] const std::string& name() const { return name_; }

    void mark(const ExhibitIds& ids, Mark mark);
    void tag(const ExhibitIds& ids, const std::string& tag, bool on);
    void note(ExhibitId id, const std::string& text);
    void set_thresholds(const ThresholdProfile& profile);
    void save_filter(const std::string& name, const ExhibitFilter& filter);
    void forget_filter(const std::string& name);

    /// Versions of the exhibit that somebody has just watched.
    void keep_stability(ExhibitId id, const ScoredBy& by, const Stability& stability);

    /// Marks, tags and thresholds can be undone; a note stays, as everything that was said does,
    /// and so does what was found by trying versions.
    [[nodiscard]] bool can_undo() const {
        return writable() && (writing_.running() || undoable_ > 0);
    }
    void undo();

  Q_SIGNALS:
    /// Being written; to be shown at once.
    void marking(const dfd::ui::ExhibitIds& ids, dfd::Mark mark);
    /// Is in the case now: these exhibits changed, or (none) what holds for the whole case.
    void written(const dfd::ui::ExhibitIds& ids);
    void undone(const QString& what);
    void failed(const QString& sentence);
    void undo_changed();

  private:
    struct Undo {
        QString what;
        ExhibitIds ids;
        std::function<void(CaseFile&)> act;
    };
    struct Past;  ///< what can be undone; touched by the writing jobs alone
    /// Writes; what it returns, if it acts, undoes it.
    void write(const ExhibitIds& ids, std::function<Undo(CaseFile&)> act);
    void done(int undoable);

    Task writing_;
    std::shared_ptr<CaseFile> file_;
    std::shared_ptr<Past> past_;
    std::string name_;
    int undoable_ = 0;
};

}  // namespace dfd::ui
