#include "core/casework/scan/scan.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>

#include "core/base/digest.h"
#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/casework/scan/being_examined.h"
#include "core/casework/scan/file_look.h"
#include "core/casework/scan/scan_store.h"
#include "core/casework/store/paths.h"
#include "core/engine/examine/time_left.h"
#include "core/picture/file_bytes.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Longest side of the copy that thumbnail and perceptual hash are made from.
constexpr int kThumbnailSide = 256;

int shard_of(const Blob& digest, int shards) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i)
        number = number << 8 | digest.at(i);
    return static_cast<int>(number % static_cast<std::uint64_t>(shards));
}

/// Runs on four worker threads and the caller's thread. The caller's thread lists, reads and hashes
/// files; the examiner's threads decode, score and notify; one thread writes what is finished.
class Scan {
  public:
    Scan(CaseFile& file, std::shared_ptr<Evaluator> evaluator, const ScanOptions& options,
         const std::function<void(const ScanProgress&)>& progress, std::stop_token stop)
        : options_(options),
          progress_(progress),
          stop_(std::move(stop)),
          store_(file, *evaluator, options),
          being_examined_(file.path()) {
        ExaminerOptions examiner_options;
        examiner_options.maps = options.maps;
        examiner_options.batch = options.batch;
        examiner_options.thumbnail = kThumbnailSide;
        examiner_options.limits = options.limits;
        most_examined_ = static_cast<std::size_t>(8 * std::max(options.batch, 1));
        examiner_ = std::make_unique<Examiner>(
            std::move(evaluator), examiner_options,
            [this](const ExaminationPtr& seen) { on_examination(*seen); });
        writer_ = std::thread([this] { write(); });
    }

    ~Scan() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        changed_.notify_all();
        examiner_.reset();
        writer_.join();
    }
    Scan(const Scan&) = delete;
    Scan& operator=(const Scan&) = delete;

    ScanProgress run() {
        const std::stop_callback cancelling(stop_, [this] {
            being_examined_.stopped();
            examiner_->cancel_all();
            {
                const std::lock_guard lock(mutex_);  // no thread is between checking and waiting
                stopping_ = true;                    // what is finished is written at once
            }
            changed_.notify_all();
        });
        for (;;) {
            pass();
            if (!options_.watch || !may_go_on())
                break;
            update_progress([](ScanProgress& counts) { counts.waiting = true; });
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, options_.poll,
                              [this] { return stop_.stop_requested() || error_; });
            lock.unlock();
            if (!may_go_on())
                break;
        }
        const bool stopped = stop_.stop_requested();
        if (stopped)
            examiner_->cancel_all();  // for a picture that was submitted during the stop request
        wait_until_written();
        store_.finish(counts_, stopped);
        return counts_;
    }

  private:
    // --- looking, on the caller's thread --------------------------------------------------------

    [[nodiscard]] bool may_go_on() {
        const std::lock_guard lock(mutex_);
        return !stop_.stop_requested() && !error_;
    }

    /// One pass over everything. Returns when all of it is in the case.
    void pass() {
        std::vector<std::pair<fs::path, bool>> roots;  // and whether each is a folder
        std::vector<fs::path> files;
        LeftOutPictures left_out;
        for (const auto& each : options_.paths) {
            const auto root = whole_path(each);
            std::error_code ignored;
            roots.emplace_back(root, fs::is_directory(root, ignored));
            const auto found = find_pictures(root, options_.recursive, &left_out);
            files.insert(files.end(), found.begin(), found.end());
        }
        std::uint64_t bytes = 0;
        for (const auto& file : files) {
            std::error_code unknown;
            const auto size = fs::file_size(file, unknown);
            bytes += unknown ? 0 : size;
        }
        update_progress([&](ScanProgress& counts) {
            bytes_left_ = bytes;
            time_left_ = TimeLeft();  // the wait before this pass was no work
            counts.seconds_left.reset();
            counts.found = static_cast<std::int64_t>(files.size());
            counts.looked_at = counts.unchanged = 0;
            counts.left_out = std::move(left_out);
            counts.waiting = false;
        });
        for (const auto& file : files) {
            if (!may_go_on())
                break;
            look_at(file);
        }
        if (may_go_on())
            for (const auto& [root, folder] : roots)
                if (folder)
                    record_missing(root);
        wait_until_written();
    }

    void look_at(const fs::path& path) {
        SeenFile seen;
        const bool there = stat_file(path, seen);
        if (!there && store_.was_present(seen.path)) {
            push([&](ScanBatch& batch) { batch.sightings.push_back({seen, std::nullopt}); });
            return count(path, &ScanProgress::gone);
        }
        if (options_.watch && there && !is_stable(seen))
            return;  // still being written: the next pass decides
        if (there && !options_.rehash && store_.unchanged(seen))
            return count(path, &ScanProgress::unchanged);
        if (failed_before(seen))
            return count(path, &ScanProgress::unchanged);

        auto bytes = std::make_shared<std::vector<std::uint8_t>>();
        try {
            *bytes = read_file_bytes(path, options_.limits.bytes);
        } catch (const PictureError& error) {
            return take_unread(seen, error.failure());
        }
        const auto digest = from_hex(sha256_hex(*bytes));
        if (shard_of(digest, options_.shards) != options_.shard)
            return count(path, &ScanProgress::elsewhere);
        if (join_in_progress(digest, seen))
            return count(path, &ScanProgress::known);
        const auto known = store_.known(digest);
        if (known.settled) {
            if (store_.worth_recording(seen, *known.exhibit))
                push([&](ScanBatch& batch) { batch.sightings.push_back({seen, known.exhibit}); });
            return count(path, &ScanProgress::known);
        }
        submit(digest, seen, std::move(bytes));
    }

    void take_unread(const SeenFile& seen, const Failure& failure) {
        const auto bytes = as_bytes(seen.path);
        if (shard_of(from_hex(sha256_hex(bytes)), options_.shards) != options_.shard)
            return count(seen.path, &ScanProgress::elsewhere);
        if (options_.watch && !unread_.insert(key_of(seen)).second)
            return count(seen.path, &ScanProgress::unchanged);
        push([&](ScanBatch& batch) { batch.unread.push_back({seen, failure}); });
        count(seen.path, &ScanProgress::failed);
    }

    /// While watching: old enough, or unchanged since the previous pass.
    bool is_stable(const SeenFile& seen) {
        if (seen.modified / 1'000'000 + options_.poll.count() < seen.at)
            return true;
        const auto key = key_of(seen);
        const auto before = changing_.find(seen.path);
        if (before != changing_.end() && before->second == key) {
            changing_.erase(before);
            return true;
        }
        changing_[seen.path] = key;
        return false;
    }

    using FileKey = std::tuple<std::string, std::int64_t, std::int64_t>;
    static FileKey key_of(const SeenFile& seen) { return {seen.path, seen.size, seen.modified}; }

    /// While watching, pictures that failed (for lack of memory or a device) are not retried in
    /// every pass.
    bool failed_before(const SeenFile& seen) {
        const std::lock_guard lock(mutex_);
        return failed_.contains(key_of(seen));
    }

    /// Records the files of this folder that are no longer there.
    void record_missing(const fs::path& root) {
        for (const auto& path : store_.recorded_in(root.native(), options_.recursive)) {
            SeenFile seen;
            if (stat_file(path, seen) && !opens_as_folder(path))
                continue;
            push([&](ScanBatch& batch) { batch.sightings.push_back({seen, std::nullopt}); });
            update_progress([](ScanProgress& counts) { ++counts.gone; });
        }
    }

    /// Adds a second file to the examination of the same content that is in progress, if there is
    /// one.
    bool join_in_progress(const Blob& digest, const SeenFile& seen) {
        const std::lock_guard lock(mutex_);
        const auto found = in_progress_.find(digest);
        if (found == in_progress_.end())
            return false;
        auto& files = found->second;
        if (std::ranges::none_of(files, [&](const auto& each) { return each.path == seen.path; }))
            files.push_back(seen);
        return true;
    }

    void submit(const Blob& digest, const SeenFile& seen,
                std::shared_ptr<const std::vector<std::uint8_t>> bytes) {
        const auto name = to_hex(digest);
        const int deaths = being_examined_.deaths(name);
        if (deaths >= options_.most_deaths)
            return set_aside(digest, seen, std::move(bytes), deaths);
        if (deaths > 0)
            wait_until_alone();
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] {
                return stop_.stop_requested() || error_ || examined_ == 0 ||
                       (examined_ < most_examined_ &&
                        examined_bytes_ + bytes->size() <= options_.memory);
            });
            if (stop_.stop_requested() || error_)
                return;
            in_progress_[digest] = {seen};
            ++examined_;
            examined_bytes_ += bytes->size();
        }
        being_examined_.begin(name);
        // The label carries the digest: a picture that cannot be decoded has no other.
        examiner_->submit({seen.path, std::move(bytes), name});
        if (deaths > 0)
            wait_until_alone();  // so that a second death is this picture's
    }

    void wait_until_alone() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stop_.stop_requested() || error_ || examined_ == 0; });
    }

    void set_aside(const Blob& digest, const SeenFile& seen,
                   std::shared_ptr<const std::vector<std::uint8_t>> bytes, int deaths) {
        Examination examination;
        examination.state = ExaminationState::Failed;
        examination.source = {seen.path, std::move(bytes), to_hex(digest)};
        {
            const InEnglish english;  // it is kept
            examination.failure = {
                failure_codes::kSetAside,
                say("The program was ended %1 times while it examined this picture, probably by "
                    "the system for lack of memory; it is left out of scans. Examine a smaller "
                    "copy, or this one alone with `dfd score`.",
                    {std::to_string(deaths)})};
        }
        auto finished =
            finished_picture(examination, digest, options_.map_side, store_.recorded_calibration());
        {
            const std::lock_guard lock(mutex_);
            in_progress_[digest] = {seen};
        }
        count(seen.path, &ScanProgress::failed);
        push([&](ScanBatch& batch) { batch.pictures.push_back(std::move(finished)); });
    }

    // --- finished pictures, on the examiner's notifying thread ----------------------------------

    void on_examination(const Examination& seen) {
        if (!seen.finished(options_.maps))
            return;
        const auto digest = from_hex(seen.source.label);
        const bool cancelled = seen.state == ExaminationState::Cancelled;
        if (!cancelled)
            being_examined_.end(seen.source.label);
        std::optional<FinishedPicture> finished;
        std::exception_ptr error;
        try {
            if (!cancelled)
                finished = finished_picture(seen, digest, options_.map_side,
                                            store_.recorded_calibration());
        } catch (...) {  // out of memory
            error = std::current_exception();
        }
        {
            const std::lock_guard lock(mutex_);
            --examined_;
            examined_bytes_ -= seen.source.bytes->size();
            if (seen.state == ExaminationState::Failed && options_.watch)
                for (const auto& file : in_progress_.at(digest))
                    failed_.insert(key_of(file));
            if (!finished)
                in_progress_.erase(digest);
            if (error)
                error_ = error;
        }
        changed_.notify_all();
        if (!finished)
            return;
        update_progress([&](ScanProgress&) {
            time_left_.examined(
                seen.source.bytes->size(),
                static_cast<std::uint64_t>(seen.width) * static_cast<std::uint64_t>(seen.height));
        });
        // Count first: once it is written the scan may be over.
        count(seen.source.path, seen.opinion ? &ScanProgress::scored : &ScanProgress::failed);
        push([&](ScanBatch& batch) { batch.pictures.push_back(std::move(*finished)); });
    }

    // --- writing --------------------------------------------------------------------------------

    /// Waits while the writer is far behind.
    template <typename Add>
    void push(Add&& add) {
        std::unique_lock lock(mutex_);
        const auto most = static_cast<std::size_t>(4 * std::max(options_.flush_results, 1));
        changed_.wait(lock, [&] { return error_ || ending_ || pending_.size() < most; });
        if (pending_.size() == 0)
            oldest_ = Clock::now();
        add(pending_);
        changed_.notify_all();
    }

    void write() {
        std::unique_lock lock(mutex_);
        const auto due = [this] {
            return ending_ || flushing_ || stopping_ ||
                   pending_.size() >= static_cast<std::size_t>(options_.flush_results);
        };
        for (;;) {
            if (pending_.size() == 0) {
                if (ending_)
                    return;
                changed_.wait(lock, [&] { return ending_ || pending_.size() > 0; });
                continue;
            }
            changed_.wait_until(lock, oldest_ + options_.flush_after, due);
            auto batch = std::move(pending_);
            pending_ = {};
            for (auto& picture : batch.pictures)
                picture.files = in_progress_.at(picture.content.sha256);
            writing_ = true;
            lock.unlock();
            std::vector<RowId> ids;
            std::exception_ptr error;
            try {
                ids = store_.write(batch, progress());
            } catch (...) {
                error = std::current_exception();
            }
            if (!error)
                update_progress([&](ScanProgress& counts) {
                    counts.written +=
                        static_cast<std::int64_t>(batch.pictures.size() + batch.unread.size());
                });
            lock.lock();
            writing_ = false;
            if (error) {
                error_ = error;
                pending_ = {};
                changed_.notify_all();
                return;
            }
            complete(batch, ids);
            changed_.notify_all();
        }
    }

    /// With the mutex held. Examinations are over once they are written; files that joined them
    /// meanwhile are recorded after them.
    void complete(const ScanBatch& batch, const std::vector<RowId>& ids) {
        for (std::size_t i = 0; i < batch.pictures.size(); ++i) {
            const auto found = in_progress_.find(batch.pictures[i].content.sha256);
            const auto& written = batch.pictures[i].files;
            for (std::size_t late = written.size(); late < found->second.size(); ++late)
                pending_.sightings.push_back({found->second[late], ids[i]});
            in_progress_.erase(found);
            being_examined_.end(to_hex(batch.pictures[i].content.sha256));  // also if set aside
        }
    }

    /// Waits until everything that was begun is written. Throws what stopped the writer.
    void wait_until_written() {
        std::unique_lock lock(mutex_);
        flushing_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] {
            return error_ || (in_progress_.empty() && pending_.size() == 0 && !writing_);
        });
        flushing_ = false;
        if (error_) {
            lock.unlock();
            examiner_->cancel_all();
            std::rethrow_exception(error_);
        }
    }

    // --- counting -------------------------------------------------------------------------------

    template <typename Change>
    void update_progress(Change&& change) {
        const std::lock_guard lock(progress_mutex_);
        change(counts_);
        if (!progress_)
            return;
        try {
            progress_(counts_);
        } catch (...) {
            // The scan must end, and what was finished must be written, on whatever thread this is.
            const std::lock_guard also(mutex_);
            if (!error_)
                error_ = std::current_exception();
            changed_.notify_all();
        }
    }
    ScanProgress progress() {
        const std::lock_guard lock(progress_mutex_);
        return counts_;
    }
    void count(const fs::path& path, std::int64_t ScanProgress::*which) {
        update_progress([&](ScanProgress& counts) {
            ++(counts.*which);
            ++counts.looked_at;
            counts.path = path;
            std::error_code unknown;
            const auto size = fs::file_size(path, unknown);
            bytes_left_ -= std::min(bytes_left_, unknown ? 0 : size);
            counts.counted = TimeLeft::Clock::now();
            counts.seconds_left = time_left_.seconds(bytes_left_, counts.counted);
        });
    }

    const ScanOptions options_;
    const std::function<void(const ScanProgress&)>& progress_;
    const std::stop_token stop_;
    ScanStore store_;
    BeingExamined being_examined_;
    std::size_t most_examined_ = 0;
    std::map<std::string, FileKey> changing_;  ///< seen changing while watching
    std::set<FileKey> unread_;                 ///< could not be read while watching

    std::mutex progress_mutex_;
    ScanProgress counts_;
    TimeLeft time_left_;
    std::uint64_t bytes_left_ = 0;  ///< of files that were not looked at in this pass

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Blob, std::vector<SeenFile>> in_progress_;  ///< submitted and not yet written
    std::size_t examined_ = 0;                           ///< in the examiner
    std::uint64_t examined_bytes_ = 0;
    ScanBatch pending_;
    Clock::time_point oldest_;
    bool writing_ = false, flushing_ = false, stopping_ = false, ending_ = false;
    std::set<FileKey> failed_;
    std::exception_ptr error_;

    std::unique_ptr<Examiner> examiner_;
    std::thread writer_;
};

}  // namespace

ScanProgress scan(CaseFile& file, std::shared_ptr<Evaluator> evaluator, const ScanOptions& options,
                  const std::function<void(const ScanProgress&)>& progress, std::stop_token stop) {
    return Scan(file, std::move(evaluator), options, progress, std::move(stop)).run();
}

}  // namespace dfd
