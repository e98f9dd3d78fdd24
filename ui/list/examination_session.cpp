#include "ui/list/examination_session.h"

#include <QBuffer>
#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include "ui/list/image_convert.h"
#include "ui/look/wording.h"
#include "ui/work/turn_taking_evaluator.h"

namespace dfd::ui {
namespace {

constexpr int kThumbnailSide = 96;  ///< a 48-pixel tile at a scaling factor of two

QByteArray to_jpeg(const Pixels& pixels) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    to_image(pixels).save(&buffer, "JPEG", 88);
    return bytes;
}

}  // namespace

/// Steps of one examiner on their way to the UI thread, many to one event.
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
      threads_(threads),
      postbox_(std::make_shared<Postbox>(this)) {}

ExaminationSession::~ExaminationSession() {
    postbox_->close();
    load_stop_.request_stop();
    retire_examiner();
}

// --- panel

void ExaminationSession::open_panel(const std::string& name) {
    load_stop_.request_stop();
    const quint64 load = ++load_;
    loading_ = true;
    if (!evaluator_)
        panel_state_ = PanelState::Loading;
    panel_problem_.clear();
    Q_EMIT panel_state_changed();

    load_stop_ = threads_.run([this, name, load, post = postbox_,
                               open = backend_.open_panel](const std::stop_token& stop) {
        // `this` is only touched inside posted actions, which die with the session.
        int last_percent = -1;
        const Progress progress = [&](double done, double total, const std::string& what) {
            const int percent = total > 0 ? static_cast<int>(100 * done / total) : -1;
            if (percent == last_percent && percent >= 0)
                return;
            last_percent = percent;
            post->post([this, load, percent, text = QString::fromStdString(what)] {
                if (load == load_)
                    Q_EMIT panel_loading(percent < 0 ? -1.0 : percent / 100.0, text);
            });
        };
        try {
            std::shared_ptr<Evaluator> evaluator = open(name, progress, stop);
            post->post([this, load, evaluator] { panel_ready(load, evaluator); });
        } catch (const Cancelled&) {
            // A newer call has taken over, or the window is gone.
        } catch (const std::bad_alloc&) {
            post->post([this, load] {
                panel_not_ready(load, tr("There is not enough memory to load this panel. Close "
                                         "other programs or choose a smaller panel."));
            });
        } catch (const std::exception& error) {
            post->post([this, load, sentence = QString::fromUtf8(error.what())] {
                panel_not_ready(load, sentence);
            });
        }
    });
}

void ExaminationSession::panel_ready(quint64 load, std::shared_ptr<Evaluator> evaluator) {
    if (load != load_)
        return;
    const bool another = evaluator_ != nullptr;
    retire_examiner();
    set_weights({});
    evaluator_ = std::make_shared<TurnTakingEvaluator>(std::move(evaluator));
    loading_ = false;
    panel_state_ = PanelState::Ready;
    start_examiner();
    const QString note = tr("for panel %1").arg(QString::fromStdString(evaluator_->panel().title));
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

void ExaminationSession::panel_not_ready(quint64 load, const QString& sentence) {
    if (load != load_)
        return;
    loading_ = false;
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
    threads_.run([this, post = postbox_, list = backend_.list_panels](const std::stop_token&) {
        std::vector<ListedPanel> panels;
        try {
            panels = list();
        } catch (const std::exception& error) {
            ListedPanel broken;
            broken.problem = error.what();
            panels.push_back(broken);
        }
        post->post([this, panels = std::move(panels)] { Q_EMIT panels_listed(panels); });
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
    examiner_ = std::make_shared<Examiner>(
        evaluator_, options, [this, inbox = inbox_, post = postbox_](ExaminationPtr step) {
            // On a worker thread: the thumbnail becomes a small JPEG here, so that a list of
            // tens of thousands costs kilobytes a row.
            QByteArray thumbnail;
            if (!step->thumbnail.empty()) {
                if (step->state == ExaminationState::Decoded)
                    thumbnail = to_jpeg(step->thumbnail);
                auto slim = std::make_shared<Examination>(*step);
                slim->thumbnail = {};
                step = std::move(slim);
            }
            bool first = false;
            {
                const std::lock_guard lock(inbox->mutex);
                first = inbox->steps.empty();
                inbox->steps.push_back({std::move(step), std::move(thumbnail)});
            }
            if (first)
                post->post([this, inbox] {
                    if (inbox == inbox_)
                        drain();
                });
        });
}

void ExaminationSession::retire_examiner() {
    inbox_.reset();
    exhibit_of_.clear();
    running_.clear();
    batch_total_ = batch_done_ = 0;
    if (!examiner_)
        return;
    // Its destructor waits for the expert that runs now; nobody should watch that.
    threads_.run([examiner = std::move(examiner_),
                  evaluator = std::move(evaluator_)](const std::stop_token&) mutable {
        examiner.reset();
        evaluator.reset();
    });
    examiner_.reset();
    evaluator_.reset();
}

// --- pictures

void ExaminationSession::add_paths(std::vector<std::filesystem::path> paths) {
    ++reading_folders_;
    Q_EMIT progress_changed();
    threads_.run([this, paths = std::move(paths), post = postbox_,
                  reading = reading_](const std::stop_token& stop) {
        std::vector<Source> sources;
        QString problem;
        for (const auto& path : paths) {
            if (stop.stop_requested())
                return;
            try {
                for (auto& found : find_pictures(path, true))
                    sources.push_back({std::move(found), nullptr, {}});
            } catch (const std::exception& error) {
                problem = QString::fromUtf8(error.what());
            }
        }
        if (problem.isEmpty())
            problem = paths.size() == 1
                          ? tr("No pictures were found in %1.").arg(path_text(paths.front()))
                          : tr("No pictures were found in what was dropped.");
        post->post([this, reading, sources = std::move(sources), problem] {
            if (reading != reading_)
                return;  // Cancelled meanwhile.
            --reading_folders_;
            take_sources(sources, problem);
        });
    });
}

void ExaminationSession::add_bytes(QByteArray bytes, const QString& label) {
    Source source;
    source.bytes = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
    source.label = label.toStdString();
    take_sources({std::move(source)}, {});
}

void ExaminationSession::add_image(const QImage& image, const QString& label) {
    ++reading_folders_;
    Q_EMIT progress_changed();
    threads_.run([this, image, label, post = postbox_, reading = reading_](const std::stop_token&) {
        Source source;
        source.bytes = std::make_shared<const std::vector<std::uint8_t>>(to_png(image));
        source.label = label.toStdString();
        post->post([this, source, reading] {
            if (reading != reading_)
                return;
            --reading_folders_;
            take_sources({source}, {});
        });
    });
}

void ExaminationSession::take_sources(std::vector<Source> sources, const QString& when_empty) {
    if (sources.empty()) {
        Q_EMIT progress_changed();
        Q_EMIT nothing_added(when_empty);
        return;
    }
    std::vector<Source> fresh;
    std::set<std::string> seen;
    std::optional<ListedId> first_known;
    int known = 0;
    for (Source& source : sources) {
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
    }
    const std::vector<ListedId> ids = exhibits_.append(std::move(fresh));
    if (!ids.empty())
        Q_EMIT exhibits_added(ids);
    submit_all(ids);
    if (first_known)
        Q_EMIT some_known(known, *first_known);
    Q_EMIT progress_changed();
}

void ExaminationSession::remove(const std::vector<ListedId>& ids) {
    for (const ListedId id : ids) {
        if (const auto found = running_.find(id); found != running_.end()) {
            const ExaminationId examination = found->second;
            ended(examination);
            examiner_->cancel(examination);
        }
    }
    exhibits_.remove(ids);
    Q_EMIT progress_changed();
}

// --- queue

void ExaminationSession::submit(ListedId id) {
    const Exhibit* const exhibit = exhibits_.find(id);
    if (!examiner_ || exhibit == nullptr || running_.contains(id))
        return;
    if (running_.empty()) {
        batch_total_ = batch_done_ = 0;
        batch_start_ = std::chrono::steady_clock::now();
    }
    const ExaminationId examination = examiner_->submit(exhibit->source);
    exhibit_of_[examination] = id;
    running_[id] = examination;
    ++batch_total_;
}

void ExaminationSession::submit_all(const std::vector<ListedId>& ids) {
    for (const ListedId id : ids)
        submit(id);
    if (wanted_)
        want_first(*wanted_);
    Q_EMIT progress_changed();
}

void ExaminationSession::drain() {
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
        const QString note = step.examination->state == ExaminationState::Failed
                                 ? QString::fromStdString(step.examination->failure.message)
                                 : QString();
        if (finished)
            ended(examination);
        exhibits_.apply(id, std::move(step.examination), step.thumbnail, note);
    }
    Q_EMIT progress_changed();
}

void ExaminationSession::ended(ExaminationId examination) {
    const auto found = exhibit_of_.find(examination);
    if (found == exhibit_of_.end())
        return;
    running_.erase(found->second);
    exhibit_of_.erase(found);
    ++batch_done_;
    if (running_.empty())
        batch_total_ = batch_done_ = 0;
}

void ExaminationSession::want_first(ListedId id) {
    wanted_ = id;
    if (const auto found = running_.find(id); found != running_.end())
        examiner_->prioritise(found->second);
}

void ExaminationSession::want_soon(const std::vector<ListedId>& ids) {
    std::vector<ExaminationId> soon;
    const auto want = [&](ListedId id) {
        if (const auto found = running_.find(id); found != running_.end())
            soon.push_back(found->second);
    };
    if (wanted_)
        want(*wanted_);
    for (const ListedId id : ids)
        if (id != wanted_)
            want(id);
    if (!soon.empty())
        examiner_->prioritise(soon);
}

void ExaminationSession::cancel_all() {
    if (examiner_)
        examiner_->cancel_all();
    exhibit_of_.clear();
    running_.clear();
    batch_total_ = batch_done_ = 0;
    ++reading_;
    reading_folders_ = 0;
    // Said here and now; what the examiner still reports of them finds no exhibit any more.
    for (int row = 0; row < exhibits_.rowCount(); ++row)
        if (const Exhibit& exhibit = exhibits_.at(row); !exhibit.at_rest())
            exhibits_.set_state(exhibit.id, ExaminationState::Cancelled, tr("stopped by you"));
    Q_EMIT progress_changed();
}

void ExaminationSession::examine_again(const std::vector<ListedId>& ids) {
    for (const ListedId id : ids) {
        if (running_.contains(id))
            continue;
        exhibits_.set_state(id, ExaminationState::Queued, tr("asked for again"));
        submit(id);
    }
    if (wanted_)
        want_first(*wanted_);
    Q_EMIT progress_changed();
}

QueueProgress ExaminationSession::progress() const {
    QueueProgress progress;
    progress.done = batch_done_;
    progress.total = batch_total_;
    if (batch_done_ > 0 && progress.waiting() > 0) {
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - batch_start_;
        progress.seconds_left = spent.count() / batch_done_ * progress.waiting();
    }
    return progress;
}

}  // namespace dfd::ui
