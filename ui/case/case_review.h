// Writes review decisions into the case in the background: with a name and a time, and undoable.
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <string>

#include "core/casework/exhibits/kept_stability.h"
#include "core/casework/exhibits/review.h"
#include "ui/case/case_model.h"

namespace dfd::ui {

/// Everything returns at once. Writes happen in call order, even if the case or the window is
/// closed meanwhile. UI thread only.
class CaseReview : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseReview(BackgroundThreads& threads, QObject* parent = nullptr);
    ~CaseReview() override;

    /// Null for a read-only case: then the functions below do nothing.
    void open(std::shared_ptr<CaseFile> file);
    void close();
    [[nodiscard]] bool writable() const { return file_ != nullptr; }

    /// Later decisions are recorded with this name; empty means the login name. Earlier decisions
    /// keep their name, even if they are still being written.
    void record_as(const std::string& name) { name_ = name; }
    [[nodiscard]] const std::string& name() const { return name_; }

    void mark(const ExhibitIds& ids, Mark mark);
    void tag(const ExhibitIds& ids, const std::string& tag, bool on);
    void note(ExhibitId id, const std::string& text);
    void set_thresholds(const ThresholdProfile& profile);
    void save_filter(const std::string& name, const ExhibitFilter& filter);
    void forget_filter(const std::string& name);

    /// Records the stability result of an exhibit.
    void keep_stability(ExhibitId id, const ScoredBy& by, const Stability& stability);

    /// Marks, tags and thresholds can be undone. Notes, stability results and saved filters cannot.
    [[nodiscard]] bool can_undo() const {
        return writable() && (writing_.running() || undoable_ > 0);
    }
    void undo();

  Q_SIGNALS:
    /// A mark is being written; show it at once.
    void marking(const dfd::ui::ExhibitIds& ids, dfd::Mark mark);
    /// A write has ended, successfully or not. `ids` are the exhibits concerned; empty for the
    /// whole case.
    void written(const dfd::ui::ExhibitIds& ids);
    void undone(const QString& what);
    void failed(const QString& sentence);
    void undo_changed();

  private:
    struct Undo {
        QString what;
        ExhibitIds ids;
        std::function<void(CaseFile&, const std::string& by)> act;
    };
    using Change = std::function<Undo(CaseFile&, const std::string& by)>;
    struct History;  ///< undo history; touched by the writing jobs only
    /// Runs `act` on a background thread. It returns how to undo the change; without an `act` there
    /// is nothing to undo.
    void write(const ExhibitIds& ids, Change act);
    void done(int undoable);

    Task writing_;
    std::shared_ptr<CaseFile> file_;
    std::shared_ptr<History> history_;
    std::string name_;
    int undoable_ = 0;
};

}  // namespace dfd::ui
