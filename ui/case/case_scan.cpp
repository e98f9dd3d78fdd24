#include "ui/case/case_scan.h"

#include <QDateTime>
#include <mutex>
#include <utility>

#include "ui/look/wording.h"

namespace dfd::ui {

/// The newest counts on their way to the UI thread, many to one event.
struct CaseScan::Latest {
    std::mutex mutex;
    ScanProgress progress;
    bool posted = false;
};

CaseScan::CaseScan(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      postbox_(std::make_shared<Postbox>(this)),
      scanning_(threads, JobQueue::AtEnd::Drop) {}

CaseScan::~CaseScan() {
    postbox_->close();
    stop_.request_stop();
}

void CaseScan::start(std::shared_ptr<CaseFile> file, std::shared_ptr<Evaluator> evaluator,
                     const std::vector<std::filesystem::path>& paths) {
    stop_.request_stop();
    stop_ = std::stop_source();
    const quint64 scan = ++scan_;
    running_ = true;
    progress_ = {};
    began_ = QDateTime::currentMSecsSinceEpoch();
    Q_EMIT progressed();
    scanning_.replace([this, scan, file = std::move(file), evaluator = std::move(evaluator), paths,
                       post = postbox_, stop = stop_.get_token()]() mutable {
        // `this` is only touched inside posted actions, which die with the scan.
        const auto latest = std::make_shared<Latest>();
        QString sentence;
        bool well = true;
        try {
            ScanOptions options;
            options.paths = paths;
            options.recursive = true;
            const ScanProgress all = dfd::scan(
                *file, evaluator, options,
                [this, scan, latest, &post](const ScanProgress& progress) {
                    const std::lock_guard lock(latest->mutex);
                    latest->progress = progress;
                    if (!std::exchange(latest->posted, true))
                        post->post([this, scan, latest] {
                            ScanProgress now;
                            {
                                const std::lock_guard again(latest->mutex);
                                latest->posted = false;
                                now = latest->progress;
                            }
                            take(scan, now);
                        });
                },
                stop);
            sentence = all.found == 0
                           ? tr("No pictures were found there.")
                           : tr("%1 pictures looked at: %2 scored, %3 failed, %4 known already.")
                                 .arg(all.looked_at)
                                 .arg(all.scored)
                                 .arg(all.failed)
                                 .arg(all.unchanged + all.known);
        } catch (const std::exception& error) {
            sentence = QString::fromUtf8(error.what());
            well = false;
        }
        // Nobody holds the case through a queue that has nothing to do.
        file.reset();
        evaluator.reset();
        post->post([this, scan, sentence, well] { end(scan, sentence, well); });
    });
}

void CaseScan::take(quint64 scan, const ScanProgress& progress) {
    if (scan != scan_ || !running_)
        return;
    const bool more = progress.written > progress_.written;
    progress_ = progress;
    Q_EMIT progressed();
    if (more)
        Q_EMIT written();
}

void CaseScan::end(quint64 scan, const QString& sentence, bool well) {
    if (scan != scan_)
        return;
    if (!running_) {
        Q_EMIT written();  // Stopped before: what was finished then has come in by now.
        return;
    }
    running_ = false;
    Q_EMIT progressed();
    Q_EMIT ended(sentence, well);
}

void CaseScan::stop() {
    if (!running_)
        return;
    stop_.request_stop();
    running_ = false;
    Q_EMIT progressed();
    Q_EMIT ended(tr("Stopped. What was finished is in the case; scan the same folder again to go "
                    "on."),
                 true);
}

QString CaseScan::progress_text() const {
    if (progress_.found == 0)
        return tr("Looking for pictures…");
    QString text = tr("%1 of %2 looked at, %3 scored")
                       .arg(progress_.looked_at)
                       .arg(progress_.found)
                       .arg(progress_.scored);
    const double spent = static_cast<double>(QDateTime::currentMSecsSinceEpoch() - began_) / 1000;
    const auto left = static_cast<double>(progress_.found - progress_.looked_at);
    if (progress_.looked_at > 0 && left > 0)
        text =
            tr("%1, %2 left")
                .arg(text, duration_text(spent / static_cast<double>(progress_.looked_at) * left));
    return text;
}

}  // namespace dfd::ui
