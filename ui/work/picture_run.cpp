#include "ui/work/picture_run.h"

#include <exception>
#include <new>
#include <utility>

namespace dfd::ui {

PictureRun::PictureRun(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), threads_(threads), postbox_(std::make_shared<Postbox>(this)) {}

PictureRun::~PictureRun() {
    postbox_->close();
    stop_.request_stop();
}

void PictureRun::launch(Job job) {
    stop();
    problem_.clear();
    running_ = true;
    stop_ = threads_.run(
        [this, post = postbox_, run = ++run_, job = std::move(job)](const std::stop_token& stop) {
            // `this` is only touched inside posted actions, which die with the run.
            const Tell tell = [&](std::function<void()> what) {
                post->post([this, run, what = std::move(what)] {
                    if (run == run_)
                        what();
                });
            };
            QString problem;
            try {
                job(tell, stop);
            } catch (const Cancelled&) {
                return;  // Whoever stopped it knows.
            } catch (const std::bad_alloc&) {
                problem =
                    tr("There is not enough memory to look closely at this picture. Close other "
                       "programs and try again.");
            } catch (const std::exception& error) {
                problem = QString::fromUtf8(error.what());
            }
            tell([this, problem] { end(problem); });
        });
    Q_EMIT changed();
}

void PictureRun::stop() {
    if (!running_)
        return;
    ++run_;
    stop_.request_stop();
    running_ = false;
    refresh();
}

void PictureRun::end(const QString& problem) {
    ++run_;
    running_ = false;
    problem_ = problem;
    refresh();
    if (problem.isEmpty())
        Q_EMIT finished();
}

}  // namespace dfd::ui
