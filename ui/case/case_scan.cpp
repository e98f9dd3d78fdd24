#include "ui/case/case_scan.h"

#include <utility>

#include "ui/look/wording.h"
#include "ui/work/time_left.h"

namespace dfd::ui {
namespace {

QString left_out_text(const LeftOutPictures& left_out) {
    QString text;
    if (!left_out.misnamed.empty())
        text +=
            CaseScan::tr(
                " Left out because of the name, though pictures by content: %1, for example %2.")
                .arg(left_out.misnamed.size())
                .arg(path_text(left_out.misnamed.front()));
    if (!left_out.unsupported.empty())
        text += CaseScan::tr(" Left out because the kind is not supported: %1, for example %2.")
                    .arg(left_out.unsupported.size())
                    .arg(path_text(left_out.unsupported.front()));
    return text;
}

}  // namespace

CaseScan::CaseScan(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), scanning_(threads) {}

void CaseScan::start(std::shared_ptr<CaseFile> file, std::shared_ptr<Evaluator> evaluator,
                     const std::vector<std::filesystem::path>& paths) {
    stopped_ = false;
    progress_ = {};
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
                (all.found == 0 ? tr("No pictures were found in the scanned folders.")
                                : tr("%1 pictures scanned: %2 scored, %3 failed, %4 already known.")
                                      .arg(all.looked_at)
                                      .arg(all.scored)
                                      .arg(all.failed)
                                      .arg(all.unchanged + all.known)) +
                left_out_text(all.left_out);
            return [this, sentence] { end(sentence, true); };
        },
        [this](const Task::Problem& problem) { end(problem.sentence, false); });
    Q_EMIT progressed();
}

void CaseScan::show_progress(const ScanProgress& progress) {
    if (stopped_)
        return;
    const bool more = progress.written > progress_.written;
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

QString CaseScan::progress_text(const ScanProgress& progress,
                                std::chrono::steady_clock::time_point now) {
    if (progress.found == 0)
        return tr("Searching for pictures…");
    const QString text = tr("%1 of %2 scanned, %3 scored")
                             .arg(progress.looked_at)
                             .arg(progress.found)
                             .arg(progress.scored);
    const auto left = time_left(progress.seconds_left, progress.found - progress.looked_at,
                                progress.counted, now);
    return left ? tr("%1, %2 left").arg(text, duration_text(*left)) : text;
}

}  // namespace dfd::ui
