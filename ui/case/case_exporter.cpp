#include "ui/case/case_exporter.h"

#include <QDateTime>
#include <utility>

#include "core/engine/scoring/evaluator.h"
#include "ui/look/wording.h"
#include "ui/pdf/pdf_report.h"

namespace dfd::ui {

CaseExporter::CaseExporter(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), exporting_(threads) {}

void CaseExporter::start(const std::filesystem::path& case_path,
                         const std::shared_ptr<CaseFile>& writer, const ExportRequest& request) {
    done_ = 0;
    total_ = static_cast<std::int64_t>(request.ids.size());
    started_at_ = QDateTime::currentMSecsSinceEpoch();
    // A weak reference, so that an export does not delay closing the case.
    exporting_.start(
        [this, case_path, request, writing = writer != nullptr,
         log = std::weak_ptr<CaseFile>(writer)](const Task::Run& run) -> Task::Then {
            const ExportSummary summary = export_case(
                case_path, request, pdf_report,
                [&](std::int64_t done, std::int64_t) {
                    run.post_latest([this, done] {
                        done_ = done;
                        Q_EMIT progressed();
                    });
                },
                run.stop_token());
            QString sentence = tr("Saved to %1 (exhibits: %2, SHA-256 %3).")
                                   .arg(path_text(request.out))
                                   .arg(summary.exhibits)
                                   .arg(QString::fromStdString(summary.sha256));
            QString not_logged;
            try {
                if (const auto file = log.lock())
                    log_export(*file, summary);
                else
                    not_logged =
                        writing
                            ? tr("The export is not in the audit log, because the case was closed.")
                            : tr("The export is not in the audit log, because the case is "
                                 "read-only.");
            } catch (const std::exception& error) {
                not_logged = QString::fromUtf8(error.what());
            }
            if (!not_logged.isEmpty())
                sentence += QLatin1Char(' ') + not_logged;
            return [this, sentence, file = path_text(request.out),
                    digest = QString::fromStdString(summary.sha256),
                    outcome = not_logged.isEmpty() ? Outcome::Completed : Outcome::NotLogged] {
                end(sentence, outcome, file, digest);
            };
        },
        [this](const Task::Problem& problem) {
            if (problem.stopped)
                end(tr("The export was stopped; nothing was written."), Outcome::Stopped);
            else
                end(problem.sentence, Outcome::Failed);
        });
    Q_EMIT progressed();
}

void CaseExporter::end(const QString& sentence, Outcome outcome, const QString& file,
                       const QString& digest) {
    Q_EMIT progressed();
    Q_EMIT ended(sentence, outcome, file, digest);
}

void CaseExporter::stop() {
    exporting_.request_stop();
}

QString CaseExporter::progress_text() const {
    const QString text = tr("%1 of %2 exported").arg(done_).arg(total_);
    if (done_ == 0 || done_ >= total_)
        return text;
    const double spent =
        static_cast<double>(QDateTime::currentMSecsSinceEpoch() - started_at_) / 1000;
    return tr("%1, %2 left")
        .arg(text, duration_text(spent / static_cast<double>(done_) *
                                 static_cast<double>(total_ - done_)));
}

}  // namespace dfd::ui
