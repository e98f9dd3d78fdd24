#include "ui/work/task.h"

#include <QCoreApplication>
#include <QtGlobal>
#include <atomic>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "core/engine/scoring/evaluator.h"

namespace dfd::ui {
namespace {

QString tr(const char* sentence) {
    return QCoreApplication::translate("Task", sentence);
}

}  // namespace

struct Task::Piece {
    Work work;
    Failed failed;
    std::stop_source stop;
    std::atomic<bool> wanted = true;  ///< cleared on the UI thread only: a stop is final
    std::mutex mutex;
    Then newest;  ///< queued and not yet run
};

/// State shared with the job that runs the pieces; outlives the task.
struct Task::Shared : std::enable_shared_from_this<Shared> {
    using PiecePtr = std::shared_ptr<Piece>;

    Shared(QObject* receiver, QString out_of_memory_in, Unwanted unwanted_in)
        : postbox(receiver), out_of_memory(std::move(out_of_memory_in)), unwanted(unwanted_in) {}

    void work_off(const std::stop_token& ending);
    void perform(const PiecePtr& piece, const std::stop_token& ending);
    void end(const PiecePtr& piece, Then then, std::optional<Problem> problem);

    Postbox postbox;
    const QString out_of_memory;
    const Unwanted unwanted;
    std::vector<PiecePtr> pending;  ///< UI thread only

    std::mutex mutex;
    std::deque<PiecePtr> waiting;  ///< also dropped ones: destroyed on the worker thread
    bool working = false;
};

void Task::Shared::work_off(const std::stop_token& ending) {
    while (true) {
        PiecePtr piece;
        {
            const std::lock_guard lock(mutex);
            if (waiting.empty()) {
                working = false;
                return;
            }
            piece = std::move(waiting.front());
            waiting.pop_front();
        }
        try {
            perform(piece, ending);
        } catch (...) {
            qCritical("The result of a background task could not be delivered.");
        }
    }
}

void Task::Shared::perform(const PiecePtr& piece, const std::stop_token& ending) {
    const bool drop = unwanted == Unwanted::Drop;
    Then then;
    std::optional<Problem> problem;
    {
        const std::stop_callback forward(drop ? ending : std::stop_token(),
                                         [&] { piece->stop.request_stop(); });
        try {
            if (drop && piece->stop.stop_requested())
                throw Cancelled();
            then = piece->work(Run(shared_from_this(), piece));
        } catch (const Cancelled&) {
            problem = Problem{tr("It was stopped.")};
        } catch (const std::bad_alloc&) {
            problem = Problem{out_of_memory};
        } catch (const std::exception& error) {
            problem = Problem{QString::fromUtf8(error.what())};
        } catch (...) {
            problem = Problem{};
        }
    }
    if (problem) {
        problem->stopped = piece->stop.stop_requested();
        if (problem->sentence.isEmpty())
            problem->sentence = tr("It failed for an unknown reason.");
    }
    piece->work = nullptr;
    if (piece->wanted)
        end(piece, std::move(then), std::move(problem));
}

void Task::Shared::end(const PiecePtr& piece, Then then, std::optional<Problem> problem) {
    postbox.post(
        [shared = shared_from_this(), piece, then = std::move(then), problem = std::move(problem)] {
            if (!piece->wanted.exchange(false))
                return;
            std::erase(shared->pending, piece);
            if (!problem) {
                if (then)
                    then();
            } else if (piece->failed) {
                piece->failed(*problem);
            }
        });
}

// --- on the UI thread

Task::Task(BackgroundThreads& threads, QString out_of_memory, Unwanted unwanted)
    : threads_(threads) {
    if (out_of_memory.isEmpty())
        out_of_memory = tr("There is not enough memory. Close other programs and try again.");
    shared_ = std::make_shared<Shared>(&receiver_, std::move(out_of_memory), unwanted);
}

Task::~Task() {
    stop();
    shared_->postbox.close();
}

void Task::start(Work work, Failed failed) {
    stop();
    add(std::move(work), std::move(failed));
}

void Task::add(Work work, Failed failed) {
    const auto piece = std::make_shared<Piece>();
    piece->work = std::move(work);
    piece->failed = std::move(failed);
    shared_->pending.push_back(piece);
    enqueue(piece);
}

void Task::replace(Work work, Failed failed) {
    {
        const std::lock_guard lock(shared_->mutex);
        for (const auto& piece : shared_->waiting) {
            piece->wanted = false;
            piece->stop.request_stop();
            std::erase(shared_->pending, piece);
        }
    }
    add(std::move(work), std::move(failed));
}

void Task::release(std::shared_ptr<const void> reference) {
    if (!reference)
        return;
    const auto piece = std::make_shared<Piece>();
    piece->work = [reference = std::move(reference)](const Run&) { return Then(); };
    piece->wanted = false;
    enqueue(piece);
}

void Task::enqueue(const std::shared_ptr<Piece>& piece) {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->waiting.push_back(piece);
        if (std::exchange(shared_->working, true))
            return;
    }
    if (threads_.run(
            [shared = shared_](const std::stop_token& ending) { shared->work_off(ending); }))
        return;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->waiting.clear();  // Only this piece can be waiting: no job was running.
        shared_->working = false;
    }
    piece->work = nullptr;
    shared_->end(
        piece, {},
        Problem{
            tr("The system could not start another thread. Close other programs and try again.")});
}

void Task::stop() {
    for (const auto& piece : std::exchange(shared_->pending, {})) {
        piece->wanted = false;
        if (shared_->unwanted == Unwanted::Drop)
            piece->stop.request_stop();
    }
}

void Task::ask_to_end() {
    for (const auto& piece : shared_->pending)
        piece->stop.request_stop();
}

std::size_t Task::pending() const {
    return shared_->pending.size();
}

// --- on any thread

Task::Run::Run(std::shared_ptr<Shared> shared, std::shared_ptr<Piece> piece)
    : shared_(std::move(shared)), piece_(std::move(piece)) {}

std::stop_token Task::Run::stop() const {
    return piece_->stop.get_token();
}

void Task::Run::tell(Then action) const {
    shared_->postbox.post([piece = piece_, action = std::move(action)] {
        if (piece->wanted)
            action();
    });
}

void Task::Run::tell_newest(Then action) const {
    const std::lock_guard lock(piece_->mutex);
    if (std::exchange(piece_->newest, std::move(action)))
        return;
    shared_->postbox.post([piece = piece_] {
        Then newest;
        {
            const std::lock_guard again(piece->mutex);
            newest = std::exchange(piece->newest, nullptr);
        }
        if (piece->wanted)
            newest();
    });
}

}  // namespace dfd::ui
