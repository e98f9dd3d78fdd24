#include "core/engine/scoring/face_search.h"

#include <algorithm>
#include <utility>

#include "core/base/cancelled.h"
#include "core/opinion/scope.h"

namespace dfd {

FaceSearch::FaceSearch(FaceCheck check, unsigned threads)
    : check_(std::move(check)), threads_wanted_(std::max(1u, threads)) {}

void FaceSearch::serve(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return next_ < pictures_.size(); })) {
        const auto at = next_++;
        const auto& picture = *pictures_[at];
        ++busy_;
        lock.unlock();
        double face = kNotChecked;
        std::exception_ptr error;
        try {
            face = check_(picture);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        found_[at] = face;
        if (error && !error_)
            error_ = error;
        --busy_;
        changed_.notify_all();
    }
}

FaceSearch::Round::Round(FaceSearch& search, std::span<const Pixels* const> pictures)
    : search_(search) {
    const std::lock_guard lock(search_.mutex_);
    search_.found_.assign(pictures.size(), kNotChecked);
    search_.error_ = nullptr;
    search_.pictures_ = pictures;
    search_.next_ = 0;
    const auto wanted = std::min<std::size_t>(pictures.size(), search_.threads_wanted_);
    while (search_.threads_.size() < wanted)
        search_.threads_.emplace_back(
            [&search](const std::stop_token& stop) { search.serve(stop); });
    search_.changed_.notify_all();
}

FaceSearch::Round::~Round() {
    std::unique_lock lock(search_.mutex_);
    search_.pictures_ = {};
    search_.next_ = 0;
    search_.changed_.wait(lock, [&] { return search_.busy_ == 0; });
}

std::vector<double> FaceSearch::Round::found(const std::stop_token& stop) {
    std::unique_lock lock(search_.mutex_);
    const bool complete = search_.changed_.wait(lock, stop, [&] {
        return search_.error_ || (search_.busy_ == 0 && search_.next_ == search_.pictures_.size());
    });
    if (!complete)
        throw Cancelled();
    if (search_.error_)
        std::rethrow_exception(search_.error_);
    return search_.found_;
}

}  // namespace dfd
