#include "core/engine/examine/examiner.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "core/engine/examine/batch_scores.h"
#include "core/engine/examine/examination_failures.h"
#include "core/picture/decoder_memory.h"
#include "core/picture/file_bytes.h"

namespace dfd {
namespace {

/// Smaller comes first: rank 0 for submitted work, more negative for each later priority request.
using Priority = std::pair<std::int64_t, ExaminationId>;

struct Waiting {
    Priority priority;
    Source source;
    std::shared_ptr<Examination> snapshot;  ///< what is known so far; each notice is a copy
    Pixels pixels;                          ///< once decoded
    std::uint64_t held = 0;                 ///< bytes of the pixels, while they wait to be scored
};

/// How many pictures are decoded at once. On a processor the experts need the others; a GPU scores
/// faster than one processor decodes.
unsigned decoders_for(const DeviceInfo& device) {
    return device.id.starts_with("cuda")
               ? std::clamp(std::thread::hardware_concurrency() / 2, 2u, 8u)
               : 1u;
}

constexpr auto kPatience = std::chrono::milliseconds(300);  ///< for all threads together
std::atomic<std::size_t> abandoned{0};

}  // namespace

std::size_t abandoned_examinations() {
    return abandoned;
}

struct Examiner::Impl {
    struct Worker {
        std::thread thread;
        bool ended = false;
        bool left_behind = false;  ///< it was abandoned and goes on
    };

    Impl(std::shared_ptr<Evaluator> evaluator_in, ExaminerOptions options_in, Listener listener_in)
        : evaluator(std::move(evaluator_in)),
          options(std::move(options_in)),
          listener(std::move(listener_in)) {
        options.batch = std::max(options.batch, 1);
        options.limits.free_memory = nullptr;
        whole = reads_whole(evaluator->panel(), options.everywhere);
        // What is kept has to finish in order: score_stream() holds back what comes early.
        const auto decoders = options.keep_picture ? 1u : decoders_for(evaluator->device());
        options.decode_ahead =
            std::max({options.decode_ahead, 2 * options.batch, static_cast<int>(decoders)});
        workers.resize(decoders + 1);
    }

    static void start(const std::shared_ptr<Impl>& self) {
        self->notifier = std::thread([self] { self->notify(); });
        const auto work = [self](Worker& worker, void (Impl::*what)()) {
            worker.thread =
                std::thread([self = std::shared_ptr<Impl>(self), &worker, what]() mutable {
                    ((*self).*what)();
                    const bool left_behind = self->leave(worker);
                    self.reset();  // frees the evaluator when nobody else holds it
                    if (left_behind)
                        --abandoned;
                });
        };
        for (std::size_t i = 0; i + 1 < self->workers.size(); ++i)
            work(self->workers[i], &Impl::decode);
        work(self->workers.back(), &Impl::score);
    }

    void stop() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
            running_stop.request_stop();
        }
        changed.notify_all();
        if (notifier.joinable())
            notifier.join();
        const auto until = std::chrono::steady_clock::now() + kPatience;
        for (auto& worker : workers)
            join_or_abandon(worker, until);
    }

    void join_or_abandon(Worker& worker, std::chrono::steady_clock::time_point until) {
        if (!worker.thread.joinable())
            return;
        std::unique_lock lock(mutex);
        if (changed.wait_until(lock, until, [&worker] { return worker.ended; })) {
            lock.unlock();
            worker.thread.join();
            return;
        }
        ++abandoned;
        worker.left_behind = true;
        worker.thread.detach();
    }

    /// The last thing that a thread does here. Whether it was abandoned.
    bool leave(Worker& worker) {
        const std::lock_guard lock(mutex);
        worker.ended = true;
        changed.notify_all();
        return worker.left_behind;
    }

    // --- all below with the mutex held ---------------------------------------------------------

    void announce(const Examination& snapshot) {
        notices.push_back(std::make_shared<const Examination>(snapshot));
        ++announced;
        changed.notify_all();
    }

    /// The only place where an examination ends.
    void finish(ExaminationId id, const Examination& last) {
        waiting.erase(id);
        announce(last);
    }

    void finish_cancelled(ExaminationId id) {
        auto last = *waiting.at(id).snapshot;
        last.state = ExaminationState::Cancelled;
        finish(id, last);
    }

    void cancel(ExaminationId id) {
        const auto found = waiting.find(id);
        if (found == waiting.end())
            return;
        to_decode.erase(found->second.priority);
        if (to_score.erase(found->second.priority) > 0)
            release(found->second.held);
        finish_cancelled(id);
        running.erase(id);
        // A batch continues for the pictures that are still wanted. If none is left, stop now.
        if (running.empty())
            running_stop.request_stop();
    }

    void move_to_front(ExaminationId id) {
        const auto found = waiting.find(id);
        if (found == waiting.end())
            return;
        auto& priority = found->second.priority;
        const Priority first{--urgency, id};
        if (running.contains(id))
            running_priority = first;  // so that a lower priority does not interrupt it
        for (auto* queue : {&to_decode, &to_score})
            if (queue->erase(priority) > 0)
                queue->insert(first);
        priority = first;
    }

    /// A ready picture of higher priority interrupts the running ones, which are put back.
    void preempt_for(const Priority& priority) {
        if (!running.empty() && priority < running_priority)
            running_stop.request_stop();
    }

    [[nodiscard]] bool may_decode() const {
        if (to_decode.empty())
            return false;
        const auto ahead = to_score.size() + decoding;
        if (ahead < static_cast<size_t>(options.decode_ahead))
            return true;
        return !to_score.empty() && *to_decode.begin() < *to_score.begin() &&
               ahead < static_cast<size_t>(2 * options.decode_ahead);
    }

    [[nodiscard]] bool may_score() const {
        if (to_score.empty())
            return false;
        return to_score.size() >= static_cast<size_t>(options.batch) || short_of_room > 0 ||
               (to_decode.empty() && decoding == 0);
    }

    /// Whether pixels of this size may be decoded now.
    [[nodiscard]] bool has_room(std::uint64_t bytes, const Priority& priority) const {
        const bool asked_for = priority.first < 0;
        return held_bytes == 0 || held_bytes + bytes <= options.decode_ahead_bytes ||
               (asked_for && to_score.empty() && decoding <= 1);
    }

    void release(std::uint64_t bytes) {
        held_bytes -= bytes;
        changed.notify_all();
    }

    enum class Room { Reserved, Refused };

    /// Waits until a picture of this size, which takes the `needed` bytes in all, may be decoded,
    /// and reserves those of its pixels. Refused: it is no longer wanted, or another one is wanted
    /// first and this one is put back. Throws PictureError where it does not fit into the free
    /// memory even alone.
    Room reserve(std::unique_lock<std::mutex>& lock, ExaminationId id, std::uint64_t pixels,
                 std::uint64_t needed) {
        const auto bytes = decoded_bytes(pixels);
        for (;;) {
            const auto found = waiting.find(id);
            if (stopping || found == waiting.end())
                return Room::Refused;
            const auto& priority = found->second.priority;
            if (!to_decode.empty() && *to_decode.begin() < priority) {
                to_decode.insert(priority);
                return Room::Refused;
            }
            if (has_room(bytes, priority)) {
                const auto available = options.free_memory ? options.free_memory() : UINT64_MAX;
                if (needed <= available)
                    break;
                if (held_bytes == 0)
                    refuse_for_memory(MemoryFor::Examining, pixels, needed, available);
            }
            if (short_of_room++ == 0)  // what is decoded may be scored in a smaller batch
                changed.notify_all();
            changed.wait(lock);
            --short_of_room;
        }
        held_bytes += bytes;
        return Room::Reserved;
    }

    // --- the threads ---------------------------------------------------------------------

    void notify() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stopping || !notices.empty(); });
            if (stopping)
                return;
            const auto notice = std::move(notices.front());
            notices.pop_front();
            lock.unlock();
            try {
                listener(notice);
            } catch (...) {
                // The notice counts as delivered, and the next ones follow.
            }
            lock.lock();
            ++delivered;
            if (notice->finished(options.maps))
                --unfinished;
            changed.notify_all();
        }
    }

    void decode() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stopping || may_decode(); });
            if (stopping)
                return;
            const auto id = to_decode.begin()->second;
            to_decode.erase(to_decode.begin());
            const auto source = waiting.at(id).source;
            auto snapshot = std::make_shared<Examination>(*waiting.at(id).snapshot);
            ++decoding;
            lock.unlock();

            Picture picture;
            std::exception_ptr error;
            std::uint64_t held = 0;
            bool refused = false;
            try {
                const auto bytes = source.bytes
                                       ? source.bytes
                                       : std::make_shared<const std::vector<std::uint8_t>>(
                                             read_file_bytes(source.path, options.limits.bytes));
                const auto pixels = announced_pixels(*bytes, options.limits);
                const auto needed = bytes_to_examine(
                    pixels, {decoder_bytes_per_pixel(*bytes), whole, options.maps});
                lock.lock();
                refused = reserve(lock, id, pixels, needed) == Room::Refused;
                held = refused ? 0 : decoded_bytes(pixels);
                lock.unlock();
                if (!refused) {
                    picture = decode_picture(*bytes, options.limits, Provenance::Sought);
                    snapshot->width = picture.pixels.width;
                    snapshot->height = picture.pixels.height;
                    snapshot->facts = std::move(picture.facts);
                    snapshot->warnings = picture.warnings;
                    if (options.thumbnail > 0)
                        snapshot->thumbnail = thumbnail(picture.pixels, options.thumbnail);
                    snapshot->state = ExaminationState::Decoded;
                }
            } catch (...) {
                error = std::current_exception();
            }

            if (!lock.owns_lock())
                lock.lock();
            --decoding;
            changed.notify_all();
            if (refused)
                continue;
            const auto found = waiting.find(id);
            if (found == waiting.end() || error)
                release(held);
            if (found == waiting.end())
                continue;  // cancelled meanwhile
            if (error) {
                snapshot->state = ExaminationState::Failed;
                snapshot->failure = failure_of(error);
                finish(id, *snapshot);
                continue;
            }
            found->second.held = held;
            found->second.snapshot = snapshot;
            found->second.pixels = std::move(picture.pixels);
            announce(*snapshot);
            to_score.insert(found->second.priority);
            preempt_for(found->second.priority);
        }
    }

    void score() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return stopping || may_score(); });
            if (stopping)
                return;
            std::vector<ExaminationId> ids;
            std::vector<Pixels> pixels;
            std::vector<std::uint64_t> held;
            running_priority = *to_score.begin();
            while (!to_score.empty() && ids.size() < static_cast<size_t>(options.batch)) {
                const auto id = to_score.begin()->second;
                to_score.erase(to_score.begin());
                ids.push_back(id);
                pixels.push_back(std::move(waiting.at(id).pixels));
                held.push_back(waiting.at(id).held);
                running.insert(id);
            }
            running_stop = std::stop_source();
            const auto stop = running_stop.get_token();
            lock.unlock();
            changed.notify_all();  // room to decode
            tell_scoring(ids);

            auto outcome = score_batch(
                *evaluator, {options.maps, options.target, options.everywhere}, pixels, stop);

            lock.lock();
            running.clear();
            for (size_t i = 0; i < ids.size(); ++i) {
                const auto found = waiting.find(ids[i]);
                if (found != waiting.end() && outcome.stopped) {
                    held[i] = 0;  // It goes on waiting, and counts as before.
                    found->second.pixels = std::move(pixels[i]);
                    to_score.insert(found->second.priority);
                    continue;
                }
                auto kept = std::move(pixels[i]);
                if (!options.keep_picture || found == waiting.end() || outcome.errors[i]) {
                    kept = {};
                    release(std::exchange(held[i], 0));
                }
                if (found == waiting.end())
                    continue;  // cancelled meanwhile
                auto snapshot = *found->second.snapshot;
                snapshot.seconds = outcome.seconds / static_cast<double>(ids.size());
                if (outcome.errors[i]) {
                    snapshot.state = ExaminationState::Failed;
                    snapshot.failure = failure_of(outcome.errors[i]);
                    finish(ids[i], snapshot);
                    continue;
                }
                snapshot.opinion = std::move(outcome.opinions[i]);
                snapshot.warnings.insert(snapshot.warnings.end(),
                                         snapshot.opinion->warnings.begin(),
                                         snapshot.opinion->warnings.end());
                snapshot.state = ExaminationState::Scored;
                if (options.maps) {
                    announce(snapshot);
                    snapshot.state = ExaminationState::Explained;
                }
                if (options.keep_picture)
                    snapshot.picture = std::make_shared<const Picture>(
                        Picture{std::move(kept), snapshot.facts, snapshot.warnings});
                finish(ids[i], snapshot);
            }
            if (options.keep_picture)
                changed.wait(lock,
                             [this, last = announced] { return stopping || delivered >= last; });
            for (const auto bytes : held)
                release(bytes);
        }
    }

    void tell_scoring(std::span<const ExaminationId> ids) const noexcept try {
        if (options.scoring)
            options.scoring(ids);
    } catch (...) {
        // As a notice: the pictures are scored all the same.
    }

    std::shared_ptr<Evaluator> evaluator;
    ExaminerOptions options;
    Listener listener;
    bool whole = false;  ///< an expert reads every pixel

    mutable std::mutex mutex;
    std::condition_variable changed;
    bool stopping = false;
    ExaminationId last_id = 0;
    std::int64_t urgency = 0;
    std::size_t unfinished = 0;  ///< submitted, but the listener has not received the last state
    std::unordered_map<ExaminationId, Waiting> waiting;
    std::set<Priority> to_decode, to_score;
    std::size_t decoding = 0;       ///< pictures that are being decoded
    std::size_t short_of_room = 0;  ///< of these, those that wait for room
    std::uint64_t held_bytes = 0;   ///< of pixels: being decoded, waiting to be scored, or running
    std::set<ExaminationId> running;
    Priority running_priority;
    std::stop_source running_stop;
    std::deque<ExaminationPtr> notices;
    std::uint64_t announced = 0, delivered = 0;  ///< notices

    std::thread notifier;
    std::vector<Worker> workers;  ///< decoders, then the one that scores
};

Examiner::Examiner(std::shared_ptr<Evaluator> evaluator, ExaminerOptions options, Listener listener)
    : impl_(std::make_shared<Impl>(std::move(evaluator), std::move(options), std::move(listener))) {
    try {
        Impl::start(impl_);
    } catch (...) {  // no more threads
        impl_->stop();
        throw;
    }
}

Examiner::~Examiner() {
    impl_->stop();
}

ExaminationId Examiner::submit(Source source) {
    const std::lock_guard lock(impl_->mutex);
    const auto id = ++impl_->last_id;
    ++impl_->unfinished;
    auto& entry = impl_->waiting[id];
    entry.priority = {0, id};
    entry.snapshot = std::make_shared<Examination>();
    entry.snapshot->id = id;
    entry.snapshot->source = source;
    entry.source = std::move(source);
    impl_->to_decode.insert(entry.priority);
    impl_->changed.notify_all();
    return id;
}

void Examiner::prioritise(std::span<const ExaminationId> ids) {
    const std::lock_guard lock(impl_->mutex);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id)
        impl_->move_to_front(*id);
    if (!impl_->to_score.empty())
        impl_->preempt_for(*impl_->to_score.begin());
    impl_->changed.notify_all();
}

void Examiner::cancel(ExaminationId id) {
    const std::lock_guard lock(impl_->mutex);
    impl_->cancel(id);
}

void Examiner::cancel_all() {
    const std::lock_guard lock(impl_->mutex);
    std::vector<ExaminationId> ids;
    for (const auto& [id, entry] : impl_->waiting)
        ids.push_back(id);
    std::sort(ids.begin(), ids.end());
    for (const auto id : ids)
        impl_->cancel(id);
}

std::size_t Examiner::pending() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->unfinished;
}

void Examiner::wait_until_pending_at_most(std::size_t most) {
    std::unique_lock lock(impl_->mutex);
    impl_->changed.wait(lock, [&] { return impl_->unfinished <= most; });
}

const Evaluator& Examiner::evaluator() const {
    return *impl_->evaluator;
}

}  // namespace dfd
