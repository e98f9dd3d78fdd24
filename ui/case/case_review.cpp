#include "ui/case/case_review.h"

#include <map>
#include <utility>

#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr std::size_t kMaxUndo = 200;

}  // namespace

struct CaseReview::History {
    std::vector<Undo> undo;
};

CaseReview::CaseReview(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), writing_(threads, {}, Task::OnStop::Finish) {}

CaseReview::~CaseReview() {
    close();
}

void CaseReview::open(std::shared_ptr<CaseFile> file) {
    close();
    file_ = std::move(file);
    history_ = std::make_shared<History>();
    Q_EMIT undo_changed();
}

void CaseReview::close() {
    // Earlier decisions are still written; then the case file is released.
    writing_.stop();
    writing_.release(std::exchange(file_, nullptr));
    history_.reset();
    undoable_ = 0;
}

void CaseReview::done(int undoable) {
    undoable_ = undoable;
    Q_EMIT undo_changed();
}

void CaseReview::write(const ExhibitIds& ids, Change act) {
    if (!file_)
        return;
    writing_.add(
        [this, ids, act = std::move(act), file = file_, history = history_,
         name = name_](const Task::Run&) -> Task::Then {
            if (Undo undo = act(*file, name); undo.act) {
                history->undo.push_back(std::move(undo));
                if (history->undo.size() > kMaxUndo)
                    history->undo.erase(history->undo.begin());
            }
            return [this, ids, undoable = static_cast<int>(history->undo.size())] {
                done(undoable);
                Q_EMIT written(ids);
            };
        },
        [this, ids](const Task::Problem& problem) {
            done(undoable_);
            Q_EMIT failed(problem.sentence);
            Q_EMIT written(ids);
        });
    Q_EMIT undo_changed();
}

void CaseReview::mark(const ExhibitIds& ids, Mark mark) {
    if (!file_ || ids.empty())
        return;
    Q_EMIT marking(ids, mark);
    write(ids, [ids, mark](CaseFile& file, const std::string& by) {
        const std::vector<Mark> before = mark_exhibits(file, ids, mark, by);
        std::map<Mark, ExhibitIds> former;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (before[i] != mark)
                former[before[i]].push_back(ids[i]);
        if (former.empty())
            return Undo{};
        return Undo{tr("mark \"%1\"").arg(mark_text(mark)), ids,
                    [former](CaseFile& again, const std::string& by) {
                        for (const auto& [old, members] : former)
                            mark_exhibits(again, members, old, by);
                    }};
    });
}

void CaseReview::tag(const ExhibitIds& ids, const std::string& tag, bool on) {
    if (ids.empty() || tag.empty())
        return;
    write(ids, [ids, tag, on](CaseFile& file, const std::string& by) {
        const ExhibitIds changed = tag_exhibits(file, ids, tag, on, by);
        if (changed.empty())
            return Undo{};
        return Undo{tr("tag \"%1\"").arg(QString::fromStdString(tag)), changed,
                    [changed, tag, on](CaseFile& again, const std::string& by) {
                        static_cast<void>(tag_exhibits(again, changed, tag, !on, by));
                    }};
    });
}

void CaseReview::note(ExhibitId id, const std::string& text) {
    if (text.empty())
        return;
    write({id}, [id, text](CaseFile& file, const std::string& by) {
        add_note(file, id, text, by);
        return Undo{};
    });
}

void CaseReview::set_thresholds(const ThresholdProfile& profile) {
    write({}, [profile](CaseFile& file, const std::string& by) {
        const ThresholdProfile before = active_thresholds(file);
        dfd::set_thresholds(file, profile, by);
        return Undo{tr("thresholds \"%1\"").arg(QString::fromStdString(profile.name)),
                    {},
                    [before](CaseFile& again, const std::string& by) {
                        dfd::set_thresholds(again, before, by);
                    }};
    });
}

void CaseReview::save_filter(const std::string& name, const ExhibitFilter& filter) {
    write({}, [name, filter](CaseFile& file, const std::string& by) {
        dfd::save_filter(file, name, filter, by);
        return Undo{};
    });
}

void CaseReview::forget_filter(const std::string& name) {
    write({}, [name](CaseFile& file, const std::string& by) {
        dfd::forget_filter(file, name, by);
        return Undo{};
    });
}

void CaseReview::keep_stability(ExhibitId id, const ScoredBy& by, const Stability& stability) {
    write({id}, [id, by, stability](CaseFile& file, const std::string& signer) {
        dfd::keep_stability(file, id, by, stability, signer);
        return Undo{};
    });
}

void CaseReview::undo() {
    if (!can_undo())
        return;
    const auto undo = std::make_shared<Undo>();  // Set once earlier writes are done.
    writing_.add(
        [this, undo, file = file_, history = history_,
         name = name_](const Task::Run&) -> Task::Then {
            if (history->undo.empty())
                return [this] { done(0); };
            *undo = std::move(history->undo.back());
            history->undo.pop_back();
            undo->act(*file, name);
            return [this, undo, undoable = static_cast<int>(history->undo.size())] {
                done(undoable);
                Q_EMIT undone(undo->what);
                Q_EMIT written(undo->ids);
            };
        },
        [this, undo](const Task::Problem& problem) {
            done(undo->act ? undoable_ - 1 : undoable_);
            Q_EMIT failed(problem.sentence);
            if (undo->act)
                Q_EMIT written(undo->ids);
        });
}

}  // namespace dfd::ui
