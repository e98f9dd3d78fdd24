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

#include "core/base/language.h"
#include "core/engine/scoring/evaluator.h"

namespace dfd::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Task)
};

}  // namespace

struct Task::Item {
    Work work;
    Failed failed;
    std::stop_source stop;
    std::atomic<bool> active = true;  ///< cleared on the UI thread only: a stop is final
    std::mutex mutex;
    Then newest;  ///< queued and not yet run
};

/// State shared with the job that runs the items; outlives the task.
struct Task::Shared : std::enable_shared_from_this<Shared> {
    using ItemPtr = std::shared_ptr<Item>;

    Shared(QObject* receiver, QString out_of_memory_in, OnStop on_stop_in)
        : postbox(receiver), out_of_memory(std::move(out_of_memory_in)), on_stop(on_stop_in) {}

    void run_queue(const std::stop_token& ending);
    void perform(const ItemPtr& item, const std::stop_token& ending);
    void end(const ItemPtr& item, Then then, std::optional<Problem> problem);

    Postbox postbox;
    const QString out_of_memory;
    const OnStop on_stop;
    std::vector<ItemPtr> pending;  ///< UI thread only

    std::mutex mutex;
    std::deque<ItemPtr> waiting;  ///< also dropped ones: destroyed on the worker thread
    bool working = false;
};

void Task::Shared::run_queue(const std::stop_token& ending) {
    while (true) {
        ItemPtr item;
        {
            const std::lock_guard lock(mutex);
            if (waiting.empty()) {
                working = false;
                return;
            }
            item = std::move(waiting.front());
            waiting.pop_front();
        }
        try {
            perform(item, ending);
        } catch (...) {
            qCritical("The result of a background task could not be delivered.");
        }
    }
}

void Task::Shared::perform(const ItemPtr& item, const std::stop_token& ending) {
    const bool drop = on_stop == OnStop::Drop;
    Then then;
    std::optional<Problem> problem;
    {
        const std::stop_callback forward(drop ? ending : std::stop_token(),
                                         [&] { item->stop.request_stop(); });
        try {
            if (drop && item->stop.stop_requested())
                throw Cancelled();
            then = item->work(Run(shared_from_this(), item));
        } catch (const Cancelled&) {
            problem = Problem{Words::tr("It was stopped.")};
        } catch (const std::bad_alloc&) {
            problem = Problem{out_of_memory};
        } catch (const std::exception& error) {
            problem = Problem{QString::fromStdString(say_again(error.what()))};
        } catch (...) {
            problem = Problem{};
        }
    }
    if (problem) {
        problem->stopped = item->stop.stop_requested();
        if (problem->sentence.isEmpty())
            problem->sentence = Words::tr("It failed for an unknown reason.");
    }
    item->work = nullptr;
    if (item->active)
        end(item, std::move(then), std::move(problem));
}

void Task::Shared::end(const ItemPtr& item, Then then, std::optional<Problem> problem) {
    postbox.post(
        [shared = shared_from_this(), item, then = std::move(then), problem = std::move(problem)] {
            if (!item->active.exchange(false))
                return;
            std::erase(shared->pending, item);
            if (!problem) {
                if (then)
                    then();
            } else if (item->failed) {
                item->failed(*problem);
            }
        });
}

// --- on the UI thread

Task::Task(BackgroundThreads& threads, QString out_of_memory, OnStop on_stop) : threads_(threads) {
    if (out_of_memory.isEmpty())
        out_of_memory =
            Words::tr("There is not enough memory. Close other programs and try again.");
    shared_ = std::make_shared<Shared>(&receiver_, std::move(out_of_memory), on_stop);
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
    const auto item = std::make_shared<Item>();
    item->work = std::move(work);
    item->failed = std::move(failed);
    shared_->pending.push_back(item);
    enqueue(item);
}

void Task::replace(Work work, Failed failed) {
    {
        const std::lock_guard lock(shared_->mutex);
        for (const auto& item : shared_->waiting) {
            item->active = false;
            item->stop.request_stop();
            std::erase(shared_->pending, item);
        }
    }
    add(std::move(work), std::move(failed));
}

void Task::release(std::shared_ptr<const void> reference) {
    if (!reference)
        return;
    const auto item = std::make_shared<Item>();
    item->work = [reference = std::move(reference)](const Run&) { return Then(); };
    item->active = false;
    enqueue(item);
}

void Task::enqueue(const std::shared_ptr<Item>& item) {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->waiting.push_back(item);
        if (std::exchange(shared_->working, true))
            return;
    }
    if (threads_.run(
            [shared = shared_](const std::stop_token& ending) { shared->run_queue(ending); }))
        return;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->waiting.clear();  // Only this item can be waiting: no job was running.
        shared_->working = false;
    }
    item->work = nullptr;
    shared_->end(
        item, {},
        Problem{Words::tr(
            "The system could not start another thread. Close other programs and try again.")});
}

void Task::stop() {
    for (const auto& item : std::exchange(shared_->pending, {})) {
        item->active = false;
        if (shared_->on_stop == OnStop::Drop)
            item->stop.request_stop();
    }
}

void Task::request_stop() {
    for (const auto& item : shared_->pending)
        item->stop.request_stop();
}

std::size_t Task::pending() const {
    return shared_->pending.size();
}

// --- on any thread

Task::Run::Run(std::shared_ptr<Shared> shared, std::shared_ptr<Item> item)
    : shared_(std::move(shared)), item_(std::move(item)) {}

std::stop_token Task::Run::stop_token() const {
    return item_->stop.get_token();
}

void Task::Run::post(Then action) const {
    shared_->postbox.post([item = item_, action = std::move(action)] {
        if (item->active)
            action();
    });
}

void Task::Run::post_latest(Then action) const {
    const std::lock_guard lock(item_->mutex);
    if (std::exchange(item_->newest, std::move(action)))
        return;
    shared_->postbox.post([item = item_] {
        Then newest;
        {
            const std::lock_guard again(item->mutex);
            newest = std::exchange(item->newest, nullptr);
        }
        if (item->active)
            newest();
    });
}

}  // namespace dfd::ui
