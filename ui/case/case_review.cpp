#include "ui/case/case_review.h"

#include <map>
#include <utility>

#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr std::size_t kMostUndo = 200;

}  // namespace

struct CaseReview::Past {
    std::vector<Undo> undo;
};

CaseReview::CaseReview(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      postbox_(std::make_shared<Postbox>(this)),
      writing_(threads, JobQueue::AtEnd::Finish) {}

CaseReview::~CaseReview() {
    postbox_->close();
    close();
}

void CaseReview::open(std::shared_ptr<CaseFile> file) {
    close();
    file_ = std::move(file);
    past_ = std::make_shared<Past>();
    Q_EMIT undo_changed();
}

void CaseReview::close() {
    // The last job gives the case back, after all that was decided before.
    if (file_)
        writing_.add([file = std::exchange(file_, nullptr)] {});
    past_.reset();
    waiting_ = undoable_ = 0;
}

void CaseReview::done(int undoable) {
    --waiting_;
    undoable_ = undoable;
    Q_EMIT undo_changed();
}

void CaseReview::write(const ExhibitIds& ids, std::function<Undo(CaseFile&)> act) {
    if (!file_)
        return;
    ++waiting_;
    Q_EMIT undo_changed();
    writing_.add([this, ids, act = std::move(act), file = file_, past = past_, post = postbox_,
                  name = name_] {
        // `this` is only touched inside posted actions, which die with the review.
        QString problem;
        try {
            file->sign_as(name);
            if (Undo undo = act(*file); undo.act) {
                past->undo.push_back(std::move(undo));
                if (past->undo.size() > kMostUndo)
                    past->undo.erase(past->undo.begin());
            }
        } catch (const std::exception& error) {
            problem = QString::fromUtf8(error.what());
        }
        const int undoable = static_cast<int>(past->undo.size());
        post->post([this, ids, problem, undoable, past] {
            if (past != past_)
                return;
            done(undoable);
            if (!problem.isEmpty())
                Q_EMIT failed(problem);
            Q_EMIT written(ids);
        });
    });
}

void CaseReview::mark(const ExhibitIds& ids, Mark mark) {
    if (!file_ || ids.empty())
        return;
    Q_EMIT marking(ids, mark);
    write(ids, [ids, mark](CaseFile& file) {
        const std::vector<Mark> before = mark_exhibits(file, ids, mark);
        std::map<Mark, ExhibitIds> former;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (before[i] != mark)
                former[before[i]].push_back(ids[i]);
        if (former.empty())
            return Undo{};
        return Undo{tr("mark \"%1\"").arg(mark_text(mark)), ids, [former](CaseFile& again) {
                        for (const auto& [old, members] : former)
                            mark_exhibits(again, members, old);
                    }};
    });
}

void CaseReview::tag(const ExhibitIds& ids, const std::string& tag, bool on) {
    if (ids.empty() || tag.empty())
        return;
    write(ids, [ids, tag, on](CaseFile& file) {
        const ExhibitIds changed = tag_exhibits(file, ids, tag, on);
        if (changed.empty())
            return Undo{};
        return Undo{tr("tag \"%1\"").arg(QString::fromStdString(tag)), changed,
                    [changed, tag, on](CaseFile& again) {
                        static_cast<void>(tag_exhibits(again, changed, tag, !on));
                    }};
    });
}

void CaseReview::note(ExhibitId id, const std::string& text) {
    if (text.empty())
        return;
    write({id}, [id, text](CaseFile& file) {
        add_note(file, id, text);
        return Undo{};
    });
}

void CaseReview::set_thresholds(const ThresholdProfile& profile) {
    write({}, [profile](CaseFile& file) {
        const ThresholdProfile before = active_thresholds(file);
        dfd::set_thresholds(file, profile);
        return Undo{tr("thresholds \"%1\"").arg(QString::fromStdString(profile.name)),
                    {},
                    [before](CaseFile& again) { dfd::set_thresholds(again, before); }};
    });
}

void CaseReview::save_filter(const std::string& name, const ExhibitFilter& filter) {
    write({}, [name, filter](CaseFile& file) {
        dfd::save_filter(file, name, filter);
        return Undo{};
    });
}

void CaseReview::forget_filter(const std::string& name) {
    write({}, [name](CaseFile& file) {
        dfd::forget_filter(file, name);
        return Undo{};
    });
}

void CaseReview::keep_stability(ExhibitId id, const ScoredBy& by, const Stability& stability) {
    write({id}, [id, by, stability](CaseFile& file) {
        dfd::keep_stability(file, id, by, stability);
        return Undo{};
    });
}

void CaseReview::undo() {
    if (!can_undo())
        return;
    ++waiting_;
    writing_.add([this, file = file_, past = past_, post = postbox_, name = name_] {
        QString problem;
        Undo undo;
        if (!past->undo.empty()) {
            undo = std::move(past->undo.back());
            past->undo.pop_back();
            try {
                file->sign_as(name);
                undo.act(*file);
            } catch (const std::exception& error) {
                problem = QString::fromUtf8(error.what());
            }
        }
        const int undoable = static_cast<int>(past->undo.size());
        post->post([this, what = undo.what, ids = undo.ids, problem, undoable, past] {
            if (past != past_)
                return;
            done(undoable);
            if (!problem.isEmpty())
                Q_EMIT failed(problem);
            else if (!what.isEmpty())
                Q_EMIT undone(what);
            if (!what.isEmpty())
                Q_EMIT written(ids);
        });
    });
}

}  // namespace dfd::ui
