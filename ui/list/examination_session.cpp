#include "ui/list/examination_session.h"

#include <QBuffer>
#include <algorithm>
#include <mutex>
#include <set>
#include <span>
#include <utility>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "ui/list/image_convert.h"
#include "ui/look/wording.h"
#include "ui/work/shared_evaluator.h"
#include "ui/work/time_left.h"

namespace dfd::ui {
namespace {

constexpr int kThumbnailSide = 96;  ///< a 48-pixel tile at a device pixel ratio of 2

/// Moves the thumbnail out of an examiner's step and encodes it as a small JPEG, so that a list of
/// tens of thousands costs kilobytes per row. Empty if there is none, or not enough memory.
QByteArray take_thumbnail(ExaminationPtr& step) noexcept try {
    if (step->thumbnail.empty())
        return {};
    auto slim = std::make_shared<Examination>(*step);
    const Pixels pixels = std::exchange(slim->thumbnail, {});
    step = std::move(slim);
    if (step->state != ExaminationState::Decoded)
        return {};

    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    to_image(pixels).save(&buffer, "JPEG", 88);
    return bytes;
} catch (...) {
    return {};
}

}  // namespace

/// Queue of one examiner's steps for the UI thread; one event delivers many steps.
struct ExaminationSession::Inbox {
    struct Step {
        ExaminationPtr examination;
        QByteArray thumbnail;
    };
    std::mutex mutex;
    std::vector<Step> steps;
};

ExaminationSession::ExaminationSession(Backend backend, BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      backend_(std::move(backend)),
      postbox_(std::make_shared<Postbox>(this)),
      opening_(threads, tr("There is not enough memory to load this panel. Close other programs or "
                           "choose a smaller panel.")),
      listing_(threads),
      finding_(threads),
      encoding_(threads),
      retiring_(threads) {}

ExaminationSession::~ExaminationSession() {
    postbox_->close();
    retire_examiner();
}

// --- panel

void ExaminationSession::open_panel(const PanelChoice& choice) {
    if (!evaluator_)
        panel_state_ = PanelState::Loading;
    panel_problem_.clear();
    opening_.start(
        [this, choice, open = backend_.open_panel](const Task::Run& run) -> Task::Then {
            const Progress progress = [&](double done, double total, const std::string& what) {
                run.post_latest([this, fraction = total > 0 ? done / total : -1.0,
                                 text = QString::fromStdString(what)] {
                    Q_EMIT panel_loading(fraction, text);
                });
            };
            const std::shared_ptr<Evaluator> evaluator = open(choice, progress, run.stop_token());
            return [this, evaluator] { panel_ready(evaluator); };
        },
        [this](const Task::Problem& problem) { panel_load_failed(problem.sentence); });
    Q_EMIT panel_state_changed();
}

void ExaminationSession::panel_ready(std::shared_ptr<Evaluator> evaluator) {
    const bool another = evaluator_ != nullptr;
    retire_examiner();
    set_weights({});
    evaluator_ = std::make_shared<SharedEvaluator>(std::move(evaluator));
    panel_state_ = PanelState::Ready;
    start_examiner();
    const QString note =
        tr("queued again for panel %1").arg(QString::fromStdString(say(evaluator_->panel().title)));
    std::vector<ListedId> queued;
    for (int row = 0; row < exhibits_.rowCount(); ++row)
        if (another || exhibits_.at(row).state == ExaminationState::Queued)
            queued.push_back(exhibits_.at(row).id);
    if (another)
        for (const ListedId id : queued)
            exhibits_.set_state(id, ExaminationState::Queued, note);
    Q_EMIT panel_state_changed();
    submit_all(queued);
}

void ExaminationSession::panel_load_failed(const QString& sentence) {
    panel_problem_ = sentence;
    if (!evaluator_)
        panel_state_ = PanelState::Missing;
    Q_EMIT panel_state_changed();
    Q_EMIT panel_failed(sentence);
}

void ExaminationSession::set_weights(std::vector<double> weights) {
    if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 1; }))
        weights.clear();
    if (weights == exhibits_.weights())
        return;
    exhibits_.set_weights(std::move(weights));
    Q_EMIT combination_changed();
}

void ExaminationSession::list_panels() {
    listing_.start(
        [this, list = backend_.list_panels](const Task::Run&) -> Task::Then {
            return [this, panels = list()] { Q_EMIT panels_listed(panels); };
        },
        [this](const Task::Problem& problem) {
            ListedPanel broken;
            broken.problem = problem.sentence.toStdString();
            Q_EMIT panels_listed({broken});
        });
}

ScoredBy ExaminationSession::scored_by() const {
    return {evaluator_->panel(), evaluator_->device().id, evaluator_->precision()};
}

void ExaminationSession::start_examiner() {
    ExaminerOptions options;
    options.maps = true;
    options.thumbnail = kThumbnailSide;
    inbox_ = std::make_shared<Inbox>();
    options.scoring = [this, inbox = inbox_, post = postbox_](std::span<const ExaminationId> ids) {
        // Runs on the examiner's thread.
        post->post([this, inbox, now = std::vector<ExaminationId>(ids.begin(), ids.end())] {
            if (inbox == inbox_)
                show_scoring(now);
        });
    };
    examiner_ = std::make_shared<Examiner>(
        evaluator_, options, [this, inbox = inbox_, post = postbox_](ExaminationPtr step) {
            // Runs on the examiner's thread.
            QByteArray thumbnail = take_thumbnail(step);
            bool first = false;
            {
                const std::lock_guard lock(inbox->mutex);
                first = inbox->steps.empty();
                inbox->steps.push_back({std::move(step), std::move(thumbnail)});
            }
            if (first)
                post->post([this, inbox] {
                    if (inbox == inbox_)
                        process_inbox();
                });
        });
}

void ExaminationSession::retire_examiner() {
    inbox_.reset();
    exhibit_of_.clear();
    running_.clear();
    end_batch();
    if (!examiner_)
        return;
    // The examiner's destructor blocks until its running work has returned, so it runs on a
    // background thread.
    retiring_.release(std::exchange(examiner_, nullptr));
    retiring_.release(std::exchange(evaluator_, nullptr));
}

// --- pictures

void ExaminationSession::add_paths(std::vector<std::filesystem::path> paths) {
    finding_.add(
        [this, paths = std::move(paths)](const Task::Run& run) -> Task::Then {
            std::vector<Listing> found;
            QString problem;
            for (const auto& path : paths) {
                check_stop(run.stop_token());
                try {
                    for (auto& each : find_pictures(path, true)) {
                        std::error_code unknown;
                        const auto size = std::filesystem::file_size(each, unknown);
                        found.push_back({{std::move(each), nullptr, {}}, unknown ? 0 : size});
                    }
                } catch (const std::exception& error) {
                    problem = QString::fromUtf8(error.what());  // Keep the other pictures.
                }
            }
            if (problem.isEmpty())
                problem = paths.size() == 1
                              ? tr("No pictures were found in %1.").arg(path_text(paths.front()))
                              : tr("No pictures were found in these files and folders.");
            return [this, found, problem] { add_sources(found, problem); };
        },
        [this](const Task::Problem& problem) { add_sources({}, problem.sentence); });
    Q_EMIT progress_changed();
}

void ExaminationSession::add_bytes(QByteArray bytes, const QString& label) {
    Source source;
    source.bytes = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
    source.label = label.toStdString();
    add_sources({{std::move(source)}}, {});
}

void ExaminationSession::add_image(const QImage& image, const QString& label) {
    encoding_.add(
        [this, image, label](const Task::Run&) -> Task::Then {
            Source source;
            source.bytes = std::make_shared<const std::vector<std::uint8_t>>(to_png(image));
            source.label = label.toStdString();
            return [this, source] { add_sources({{source}}, {}); };
        },
        [this](const Task::Problem& problem) { add_sources({}, problem.sentence); });
    Q_EMIT progress_changed();
}

void ExaminationSession::add_sources(std::vector<Listing> found, const QString& when_empty) {
    if (found.empty()) {
        Q_EMIT progress_changed();
        Q_EMIT nothing_added(when_empty);
        return;
    }
    std::vector<Source> fresh;
    std::vector<std::uint64_t> sizes;
    std::set<std::string> seen;
    std::optional<ListedId> first_known;
    int known = 0;
    for (auto& [source, bytes] : found) {
        if (!source.path.empty()) {
            if (const auto existing = exhibits_.find_path(source.path)) {
                ++known;
                first_known = first_known.value_or(*existing);
                continue;
            }
            if (!seen.insert(source.path.native()).second)
                continue;
        }
        fresh.push_back(std::move(source));
        sizes.push_back(bytes);
    }
    const std::vector<ListedId> ids = exhibits_.append(std::move(fresh), sizes);
    if (!ids.empty())
        Q_EMIT exhibits_added(ids);
    submit_all(ids);
    if (first_known)
        Q_EMIT already_listed(known, *first_known);
    Q_EMIT progress_changed();
}

void ExaminationSession::remove(const std::vector<ListedId>& ids) {
    for (const ListedId id : ids) {
        if (const auto found = running_.find(id); found != running_.end()) {
            const ExaminationId examination = found->second;
            finish_examination(examination);
            examiner_->cancel(examination);
        }
    }
    std::vector<Exhibit> gone = exhibits_.remove(ids);
    if (!gone.empty()) {
        removed_ = std::move(gone);
        removed_by_ = evaluator_;
        Q_EMIT removed(static_cast<int>(removed_.size()), removed_.front().name);
    }
    Q_EMIT progress_changed();
}

void ExaminationSession::restore_removed() {
    std::vector<Exhibit> back = std::exchange(removed_, {});
    std::erase_if(back, [this](const Exhibit& exhibit) {
        return !exhibit.source.path.empty() && exhibits_.find_path(exhibit.source.path);
    });
    if (back.empty())
        return;
    const bool same_panel =
        !removed_by_.owner_before(evaluator_) && !evaluator_.owner_before(removed_by_);
    std::vector<ListedId> ids, again;
    for (const Exhibit& exhibit : back) {
        ids.push_back(exhibit.id);
        if (!same_panel || !exhibit.is_finished())
            again.push_back(exhibit.id);
    }
    std::sort(ids.begin(), ids.end());
    exhibits_.restore(std::move(back));
    for (const ListedId id : again)
        exhibits_.set_state(id, ExaminationState::Queued, tr("queued again after its removal"));
    Q_EMIT exhibits_added(ids);
    submit_all(again);
}

// --- queue

void ExaminationSession::submit(ListedId id) {
    const Exhibit* const exhibit = exhibits_.find(id);
    if (!examiner_ || exhibit == nullptr || running_.contains(id))
        return;
    if (running_.empty()) {
        end_batch();
        batch_last_ = TimeLeft::Clock::now();
        pace_ = TimeLeft(batch_last_);
    }
    bytes_left_ += exhibit->bytes;
    const ExaminationId examination = examiner_->submit(exhibit->source);
    exhibit_of_[examination] = id;
    running_[id] = examination;
    ++batch_total_;
}

void ExaminationSession::submit_all(const std::vector<ListedId>& ids) {
    for (const ListedId id : ids)
        submit(id);
    if (next_)
        examine_next(*next_);
    Q_EMIT progress_changed();
}

void ExaminationSession::process_inbox() {
    std::vector<Inbox::Step> steps;
    {
        const std::lock_guard lock(inbox_->mutex);
        steps.swap(inbox_->steps);
    }
    for (Inbox::Step& step : steps) {
        const ExaminationId examination = step.examination->id;
        const auto found = exhibit_of_.find(examination);
        if (found == exhibit_of_.end() || step.examination->state == ExaminationState::Queued)
            continue;
        const ListedId id = found->second;
        const bool finished = step.examination->finished(true);
        const QString note =
            step.examination->state == ExaminationState::Failed
                ? QString::fromStdString(say_again(step.examination->failure.message))
                : QString();
        if (finished) {
            if (const Exhibit* const exhibit = exhibits_.find(id);
                exhibit != nullptr && step.examination->opinion)
                pace_.examined(exhibit->bytes,
                               static_cast<std::uint64_t>(step.examination->width) *
                                   static_cast<std::uint64_t>(step.examination->height));
            finish_examination(examination);
        }
        exhibits_.apply(id, std::move(step.examination), step.thumbnail, note);
    }
    Q_EMIT progress_changed();
}

void ExaminationSession::show_scoring(const std::vector<ExaminationId>& now) {
    std::vector<ListedId> ids;
    for (const ExaminationId examination : now)
        if (const auto found = exhibit_of_.find(examination); found != exhibit_of_.end())
            ids.push_back(found->second);
    exhibits_.set_being_scored(std::move(ids));
}

void ExaminationSession::finish_examination(ExaminationId examination) {
    const auto found = exhibit_of_.find(examination);
    if (found == exhibit_of_.end())
        return;
    if (const Exhibit* const exhibit = exhibits_.find(found->second))
        bytes_left_ -= exhibit->bytes;
    running_.erase(found->second);
    exhibit_of_.erase(found);
    ++batch_done_;
    batch_last_ = TimeLeft::Clock::now();
    if (running_.empty())
        end_batch();
}

void ExaminationSession::end_batch() {
    batch_total_ = batch_done_ = 0;
    bytes_left_ = 0;
}

void ExaminationSession::examine_next(ListedId id) {
    next_ = id;
    if (const auto found = running_.find(id); found != running_.end())
        examiner_->prioritise(found->second);
}

void ExaminationSession::examine_soon(const std::vector<ListedId>& ids) {
    std::vector<ExaminationId> soon;
    const auto want = [&](ListedId id) {
        if (const auto found = running_.find(id); found != running_.end())
            soon.push_back(found->second);
    };
    if (next_)
        want(*next_);
    for (const ListedId id : ids)
        if (id != next_)
            want(id);
    if (!soon.empty())
        examiner_->prioritise(soon);
}

void ExaminationSession::cancel_all() {
    if (examiner_)
        examiner_->cancel_all();
    exhibit_of_.clear();
    running_.clear();
    end_batch();
    finding_.stop();
    encoding_.stop();
    // Update the list at once; later steps of these examinations no longer match an exhibit.
    for (int row = 0; row < exhibits_.rowCount(); ++row)
        if (const Exhibit& exhibit = exhibits_.at(row); !exhibit.is_finished())
            exhibits_.set_state(exhibit.id, ExaminationState::Cancelled, tr("stopped by you"));
    Q_EMIT progress_changed();
}

void ExaminationSession::examine_again(const std::vector<ListedId>& ids) {
    for (const ListedId id : ids) {
        if (running_.contains(id))
            continue;
        exhibits_.set_state(id, ExaminationState::Queued, tr("queued again by you"));
        submit(id);
    }
    if (next_)
        examine_next(*next_);
    Q_EMIT progress_changed();
}

QueueProgress ExaminationSession::progress() const {
    QueueProgress progress;
    progress.done = batch_done_;
    progress.total = batch_total_;
    progress.seconds_left = time_left(pace_, bytes_left_, progress.waiting(), batch_last_);
    return progress;
}

}  // namespace dfd::ui
