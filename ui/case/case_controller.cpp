#include "ui/case/case_controller.h"

#include <QTimer>
#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>

#include "core/casework/store/audit_log.h"
#include "core/casework/store/interrupted_scans.h"
#include "ui/look/wording.h"

namespace dfd::ui {
namespace {

constexpr std::chrono::seconds kPollInterval{2};
constexpr std::chrono::milliseconds kDebounce{1000};

QString written_by(const CaseWriter& writer) {
    return CaseController::tr(
               "%1 on %2 has had this case open for writing since %3 (process %4). You can view "
               "everything; to add marks and notes, wait until that process has finished.")
        .arg(QString::fromStdString(writer.user), QString::fromStdString(writer.host),
             time_text(writer.since))
        .arg(writer.process);
}

/// With `closing`, the writer of the same file that other threads are closing, waits up to half a
/// minute for that.
std::shared_ptr<CaseFile> open_writer(const std::filesystem::path& path, CaseAccess access,
                                      const std::optional<std::weak_ptr<CaseFile>>& closing,
                                      const std::stop_token& stop) {
    constexpr std::chrono::milliseconds kPause{10};
    int tries = 3000;
    while (true) {
        // Closing the file goes on for a moment after the last reference is gone.
        if (closing && closing->expired())
            tries = std::min(tries, 100);
        try {
            return std::make_shared<CaseFile>(path, access);
        } catch (const CaseBusy&) {
            if (!closing || stop.stop_requested() || --tries == 0)
                throw;
        }
        std::this_thread::sleep_for(kPause);
    }
}

bool same(const ExhibitFilter& a, const ExhibitFilter& b) {
    const auto all = [](const ExhibitFilter& filter) {
        return std::tie(filter.text, filter.score_from, filter.score_to, filter.spread_from,
                        filter.spread_to, filter.state, filter.word, filter.mark, filter.tag,
                        filter.warned, filter.folder, filter.question);
    };
    return all(a) == all(b);
}

/// The filter without score and spread ranges: the charts show all points, and the user chooses the
/// ranges in them.
ExhibitFilter without_ranges(ExhibitFilter filter) {
    filter.score_from = filter.score_to = filter.spread_from = filter.spread_to = std::nullopt;
    return filter;
}

}  // namespace

struct CaseController::Opened {
    std::filesystem::path path;
    QString obstacle;
    std::shared_ptr<CaseFile> writer;
    std::shared_ptr<const CaseFile> lists, rows, overview;
};

CaseController::CaseController(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      opening_(threads),
      summary_task_(threads),
      points_task_(threads),
      look_alikes_task_(threads),
      exhibit_task_(threads),
      model_(new CaseModel(threads, this)),
      review_(new CaseReview(threads, this)),
      scan_(new CaseScan(threads, this)),
      export_(new CaseExporter(threads, this)),
      watch_(new QTimer(this)),
      debounce_(new QTimer(this)),
      points_(std::make_shared<const std::vector<ScorePoint>>()) {
    watch_->setInterval(kPollInterval);
    debounce_->setInterval(kDebounce);
    debounce_->setSingleShot(true);
    connect(watch_, &QTimer::timeout, this, &CaseController::poll_for_changes);
    connect(debounce_, &QTimer::timeout, this, &CaseController::refresh);
    connect(model_, &CaseModel::failed, this, &CaseController::problem);
    connect(review_, &CaseReview::failed, this, &CaseController::problem);
    connect(review_, &CaseReview::marking, model_, &CaseModel::show_mark);
    connect(review_, &CaseReview::written, this, [this](const ExhibitIds& ids) {
        if (!is_open())
            return;
        model_->refresh_rows(ids);
        const ExhibitFilter& filter = model_->view().filter;
        if (filter.mark || !filter.tag.empty() || !filter.text.empty())
            model_->refresh();  // The new mark, tag or note may change what the filter matches.
        read_summary();
        if (ids.empty())
            update_look_alikes();  // New thresholds change which look-alikes are judged
                                   // differently.
    });
    connect(scan_, &CaseScan::written, this, [this] {
        if (is_open() && !debounce_->isActive())
            debounce_->start();
    });
    connect(scan_, &CaseScan::ended, this, [this] {
        if (is_open()) {
            refresh();
            update_look_alikes();
        }
    });
}

QString CaseController::name() const {
    return path_text(path_.filename());
}

// --- opening and closing

void CaseController::open(const std::filesystem::path& path, bool make_new) {
    if (writer_ && path == path_) {
        opening_.stop();
        Q_EMIT opened();  // It is already open.
        return;
    }
    opening_.start(
        [this, path, make_new,
         closing = path == closing_path_ ? std::optional(closing_)
                                         : std::nullopt](const Task::Run& run) -> Task::Then {
            const auto opened = std::make_shared<Opened>();
            opened->path = path;
            try {
                opened->writer =
                    open_writer(path, make_new ? CaseAccess::Create : CaseAccess::Write, closing,
                                run.stop_token());
            } catch (const CaseBusy& busy) {
                opened->obstacle = written_by(busy.writer());
            } catch (const CaseError& error) {
                // It may still be readable, for instance on a read-only disk.
                if (make_new)
                    throw;
                opened->obstacle = QString::fromUtf8(error.what());
            }
            for (auto* const reader : {&opened->lists, &opened->rows, &opened->overview})
                *reader = std::make_shared<const CaseFile>(path, CaseAccess::Read);
            return [this, opened] { adopt(std::move(*opened)); };
        },
        [this](const Task::Problem& problem) { Q_EMIT open_failed(problem.sentence); });
}

void CaseController::adopt(Opened what) {
    close();
    interrupted_told_ = false;
    path_ = std::move(what.path);
    obstacle_ = std::move(what.obstacle);
    writer_ = std::move(what.writer);
    overview_ = std::move(what.overview);
    model_->open(std::move(what.lists), std::move(what.rows));
    review_->open(writer_);
    if (!writer_)
        watch_->start();
    Q_EMIT opened();
    refresh();
    update_look_alikes();
}

void CaseController::close() {
    if (!is_open())
        return;
    watch_->stop();
    debounce_->stop();
    scan_->stop();
    export_->stop();
    review_->close();
    model_->close();
    for (Task* const reading : {&summary_task_, &points_task_, &look_alikes_task_, &exhibit_task_})
        reading->stop();
    // Destroying the last reference closes the file, which may take a moment. Do it on a background
    // thread.
    closing_path_ = path_;
    closing_ = writer_;
    summary_task_.release(std::exchange(writer_, nullptr));
    summary_task_.release(std::exchange(overview_, nullptr));
    summary_ = {};
    points_ = std::make_shared<const std::vector<ScorePoint>>();
    unassessed_ = 0;
    alike_.reset();
    last_entry_ = 0;
    Q_EMIT closed();
}

// --- reading

void CaseController::read_then(Task& task, std::function<Task::Then(const CaseFile& file)> read) {
    if (!is_open())
        return;
    task.replace(
        [read = std::move(read), file = overview_](const Task::Run&) { return read(*file); },
        [this](const Task::Problem& failure) { Q_EMIT problem(failure.sentence); });
}

void CaseController::set_view(const CaseView& view) {
    const ExhibitFilter before = model_->view().filter;
    model_->set_view(view);
    if (!same(without_ranges(view.filter), without_ranges(before)))
        read_points();
    if (view.filter.question != before.question)
        read_summary();
}

void CaseController::refresh() {
    model_->refresh();
    model_->refresh_rows(model_->ids());
    read_summary();
    read_points();
}

void CaseController::read_summary() {
    // This window's own scan, if there is one, is no interrupted one.
    const bool may_scan = writer_ == nullptr || scan_->running();
    const ExhibitFilter asked{.question = model_->view().filter.question};
    read_then(summary_task_, [this, may_scan, asked](const CaseFile& file) {
        CaseSummary now;
        now.counts = count_exhibits(file, asked);
        now.tags = tags_in_use(file);
        now.folders = case_folders(file);
        now.profiles = threshold_profiles(file);
        now.active = active_thresholds(file);
        now.questions = shown_questions(file);
        now.filters = saved_filters(file);
        const ScorerId shown = shown_scorer(file);
        for (const Scorer& scorer : scorers(file))
            if (scorer.id == shown)
                now.scorer = scorer;
        const std::vector<InterruptedScan> interrupted = interrupted_scans(file, may_scan);
        return [this, now = std::move(now), interrupted, entry = last_entry(file).number] {
            summary_ = now;
            last_entry_ = entry;
            model_->set_bands(summary_.active.bands);
            model_->set_questions(summary_.questions);
            Q_EMIT summary_changed();
            // Told once, when the case is opened; a scan that runs later may be stopped.
            if (!std::exchange(interrupted_told_, true))
                for (const InterruptedScan& scan : interrupted)
                    Q_EMIT scan_was_interrupted(QString::fromStdString(interruption_sentence(scan)),
                                                scan.whole
                                                    ? std::vector<std::filesystem::path>(
                                                          scan.paths.begin(), scan.paths.end())
                                                    : std::vector<std::filesystem::path>());
        };
    });
}

void CaseController::read_points() {
    read_then(points_task_, [this,
                             filter = without_ranges(model_->view().filter)](const CaseFile& file) {
        auto points = std::make_shared<const std::vector<ScorePoint>>(score_points(file, filter));
        const auto unassessed = count_exhibits(file, filter).no_assessment;
        return [this, points, unassessed] {
            points_ = points;
            unassessed_ = unassessed;
            Q_EMIT points_changed();
        };
    });
}

void CaseController::update_look_alikes() {
    read_then(look_alikes_task_, [this](const CaseFile& file) {
        auto index = std::make_shared<LookAlikeIndex>();
        index->groups = find_look_alikes(file);
        for (std::size_t group = 0; group < index->groups.size(); ++group)
            for (const ExhibitId id : index->groups[group].ids)
                index->group_of[id] = group;
        return [this, index] {
            alike_ = index;
            model_->set_look_alikes(alike_);
            Q_EMIT look_alikes_changed();
        };
    });
}

void CaseController::poll_for_changes() {
    if (summary_task_.running())
        return;  // Do not replace a read that is already running.
    read_then(summary_task_, [this](const CaseFile& file) {
        return [this, entry = last_entry(file).number] {
            if (entry != last_entry_)
                refresh();
        };
    });
}

void CaseController::load_exhibit(ExhibitId id) {
    exhibit_task_.stop();
    read_then(exhibit_task_, [this, id](const CaseFile& file) {
        auto exhibit = std::make_shared<CaseExhibit>();
        exhibit->id = id;
        exhibit->record = read_exhibit(file, id, true);
        const auto jpeg = exhibit_thumbnail(file, id);
        exhibit->thumbnail = QImage::fromData(jpeg.data(), static_cast<int>(jpeg.size()), "JPEG");
        return [this, exhibit] { Q_EMIT exhibit_loaded(exhibit); };
    });
}

void CaseController::export_to(const ExportRequest& request) {
    if (is_open())
        export_->start(path_, writer_, request);
}

void CaseController::scan_paths(const std::vector<std::filesystem::path>& paths,
                                std::shared_ptr<Evaluator> evaluator) {
    if (writer_ && evaluator)
        scan_->start(writer_, std::move(evaluator), paths);
}

}  // namespace dfd::ui
