#include "ui/work/picture_run.h"

#include <utility>

namespace dfd::ui {

PictureRun::PictureRun(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      task_(threads, tr("There is not enough memory to analyse this picture. Close other programs "
                        "and try again.")) {}

void PictureRun::launch(Work work) {
    stop();
    problem_.clear();
    task_.start(
        [this, work = std::move(work)](const Task::Run& run) -> Task::Then {
            work(run);
            return [this] { end({}); };
        },
        [this](const Task::Problem& problem) { end(problem.sentence); });
    Q_EMIT changed();
}

void PictureRun::stop() {
    if (!running())
        return;
    task_.stop();
    refresh();
}

void PictureRun::end(const QString& problem) {
    problem_ = problem;
    refresh();
    if (problem.isEmpty())
        Q_EMIT finished();
}

}  // namespace dfd::ui
