#include "ui/case/case_exporter.h"

#include <QDateTime>
#include <mutex>
#include <utility>

#include "core/engine/scoring/evaluator.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"

namespace dfd::ui {

/// The newest count on its way to the UI thread, many to one event.
struct CaseExporter::Latest {
    std::mutex mutex;
    std::int64_t done = 0;
    bool posted = false;
};

CaseExporter::CaseExporter(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      postbox_(std::make_shared<Postbox>(this)),
      exporting_(threads, JobQueue::AtEnd::Drop) {}

CaseExporter::~CaseExporter() {
    postbox_->close();
    stop_.request_stop();
}

void CaseExporter::start(const std::filesystem::path& case_path,
                         const std::shared_ptr<CaseFile>& writer, const ExportRequest& request) {
    stop_.request_stop();
    stop_ = std::stop_source();
    const quint64 number = ++number_;
    running_ = true;
    done_ = 0;
    total_ = static_cast<std::int64_t>(request.ids.size());
    began_ = QDateTime::currentMSecsSinceEpoch();
    Q_EMIT progressed();
    // Nobody holds the case through an export: closing it is not kept waiting.
    exporting_.replace([this, number, case_path, request, writing = writer != nullptr,
                        log = std::weak_ptr<CaseFile>(writer), post = postbox_,
                        stop = stop_.get_token()] {
        // `this` is only touched inside posted actions, which die with the export.
        const auto latest = std::make_shared<Latest>();
        QString sentence;
        Ending how = Ending::Well;
        try {
            const ExportSummary summary = export_case(
                case_path, request, pdf_report,
                [this, number, latest, &post](std::int64_t done, std::int64_t) {
                    const std::lock_guard lock(latest->mutex);
                    latest->done = done;
                    if (!std::exchange(latest->posted, true))
                        post->post([this, number, latest] {
                            std::int64_t now = 0;
                            {
                                const std::lock_guard again(latest->mutex);
                                latest->posted = false;
                                now = latest->done;
                            }
                            take(number, now);
                        });
                },
                stop);
            sentence = tr("Written: %1, exhibits: %2, SHA-256 %3.")
                           .arg(path_text(request.out))
                           .arg(summary.exhibits)
                           .arg(QString::fromStdString(summary.sha256));
            if (const auto file = log.lock()) {
                log_export(*file, summary);
            } else {
                how = Ending::Unlogged;
                sentence += QLatin1Char(' ') +
                            (writing ? tr("It is not in the audit log: the case was closed.")
                                     : tr("It is not in the audit log: the case is only read."));
            }
        } catch (const Cancelled&) {
            how = Ending::Stopped;
            sentence = tr("The export was stopped; nothing was written.");
        } catch (const std::exception& error) {
            how = sentence.isEmpty() ? Ending::Failed : Ending::Unlogged;
            sentence += (sentence.isEmpty() ? QString() : QStringLiteral(" ")) +
                        QString::fromUtf8(error.what());
        }
        post->post([this, number, sentence, how] { end(number, sentence, how); });
    });
}

void CaseExporter::take(quint64 number, std::int64_t done) {
    if (number != number_ || !running_)
        return;
    done_ = done;
    Q_EMIT progressed();
}

void CaseExporter::end(quint64 number, const QString& sentence, Ending how) {
    if (number != number_ || !running_)
        return;
    running_ = false;
    Q_EMIT progressed();
    Q_EMIT ended(sentence, how);
}

void CaseExporter::stop() {
    stop_.request_stop();
}

QString CaseExporter::progress_text() const {
    const QString text = tr("%1 of %2 exported").arg(done_).arg(total_);
    if (done_ == 0 || done_ >= total_)
        return text;
    const double spent = static_cast<double>(QDateTime::currentMSecsSinceEpoch() - began_) / 1000;
    return tr("%1, %2 left")
        .arg(text, duration_text(spent / static_cast<double>(done_) *
                                 static_cast<double>(total_ - done_)));
}

}  // namespace dfd::ui
