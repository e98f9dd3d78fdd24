#include "core/engine/scoring/face_search.h"

#include <algorithm>
#include <utility>

#include "core/base/cancelled.h"

namespace dfd {

FaceSearch::FaceSearch(FaceWarning warning, unsigned threads)
    : warning_(std::move(warning)), threads_wanted_(std::max(1u, threads)) {}

void FaceSearch::serve(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return next_ < pictures_.size(); })) {
        const auto at = next_++;
        const auto& picture = *pictures_[at];
        ++busy_;
        lock.unlock();
        std::string warning;
        std::exception_ptr error;
        try {
            warning = warning_(picture);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        warnings_[at] = std::move(warning);
        if (error && !error_)
            error_ = error;
        --busy_;
        changed_.notify_all();
    }
}

FaceSearch::Round::Round(FaceSearch& search, std::span<const Pixels* const> pictures)
    : search_(search) {
    const std::lock_guard lock(search_.mutex_);
    search_.warnings_.assign(pictures.size(), {});
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

std::vector<std::string> FaceSearch::Round::warnings(const std::stop_token& stop) {
    std::unique_lock lock(search_.mutex_);
    const bool complete = search_.changed_.wait(lock, stop, [&] {
        return search_.error_ || (search_.busy_ == 0 && search_.next_ == search_.pictures_.size());
    });
    if (!complete)
        throw Cancelled();
    if (search_.error_)
        std::rethrow_exception(search_.error_);
    return search_.warnings_;
}

}  // namespace dfd
