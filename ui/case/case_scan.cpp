#include "ui/case/case_scan.h"

#include <QDateTime>
#include <utility>

#include "ui/look/wording.h"
#include "ui/work/time_left.h"

namespace dfd::ui {
namespace {

std::int64_t examined(const ScanProgress& progress) {
    return progress.scored + progress.failed;
}

}  // namespace

CaseScan::CaseScan(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), scanning_(threads) {}

void CaseScan::start(std::shared_ptr<CaseFile> file, std::shared_ptr<Evaluator> evaluator,
                     const std::vector<std::filesystem::path>& paths) {
    stopped_ = false;
    progress_ = {};
    started_at_ = last_at_ = QDateTime::currentMSecsSinceEpoch();
    ScanOptions options;
    options.paths = paths;
    options.recursive = true;
    scanning_.start(
        [this, file = std::move(file), evaluator = std::move(evaluator),
         options](const Task::Run& run) -> Task::Then {
            const ScanProgress all = dfd::scan(
                *file, evaluator, options,
                [&](const ScanProgress& progress) {
                    run.post_latest([this, progress] { show_progress(progress); });
                },
                run.stop_token());
            const QString sentence =
                all.found == 0 ? tr("No pictures were found in the scanned folders.")
                               : tr("%1 pictures scanned: %2 scored, %3 failed, %4 already known.")
                                     .arg(all.looked_at)
                                     .arg(all.scored)
                                     .arg(all.failed)
                                     .arg(all.unchanged + all.known);
            return [this, sentence] { end(sentence, true); };
        },
        [this](const Task::Problem& problem) { end(problem.sentence, false); });
    Q_EMIT progressed();
}

void CaseScan::show_progress(const ScanProgress& progress) {
    if (stopped_)
        return;
    const bool more = progress.written > progress_.written;
    // What is known already is passed over in no time and says nothing about the rest.
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (examined(progress) == 0)
        started_at_ = last_at_ = now;
    else if (examined(progress) > examined(progress_))
        last_at_ = now;
    progress_ = progress;
    Q_EMIT progressed();
    if (more)
        Q_EMIT written();
}

void CaseScan::end(const QString& sentence, bool succeeded) {
    if (stopped_) {
        Q_EMIT written();  // The end was reported; late results are in.
        return;
    }
    Q_EMIT progressed();
    Q_EMIT ended(sentence, succeeded);
}

void CaseScan::stop() {
    if (!running())
        return;
    scanning_.request_stop();
    stopped_ = true;
    Q_EMIT progressed();
    Q_EMIT ended(tr("Scan stopped. Finished results are in the case; scan the same folder again to "
                    "continue."),
                 true);
}

QString CaseScan::progress_text() const {
    if (progress_.found == 0)
        return tr("Searching for pictures…");
    QString text = tr("%1 of %2 scanned, %3 scored")
                       .arg(progress_.looked_at)
                       .arg(progress_.found)
                       .arg(progress_.scored);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto left = time_left({static_cast<int>(examined(progress_)),
                                 static_cast<int>(progress_.found - progress_.looked_at),
                                 static_cast<double>(last_at_ - started_at_) / 1000,
                                 static_cast<double>(now - last_at_) / 1000});
    return left ? tr("%1, %2 left").arg(text, duration_text(*left)) : text;
}

}  // namespace dfd::ui
