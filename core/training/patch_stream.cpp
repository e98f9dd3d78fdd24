#include "core/training/patch_stream.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "core/engine/evaluator.h"
#include "core/training/trainer.h"

namespace dfd {
namespace {

constexpr int kCandidates = 48;
constexpr double kWellInside = 0.6;
constexpr double kAcross = 0.15;
constexpr int kBarrenScenes = 500;  // in a row, before the photographs are blamed

}  // namespace

std::vector<PatchPair> take_patches(const Scene& scene, int side, int count, Dice& dice) {
    std::vector<PatchPair> pairs;
    if (scene.mask.cols < side || scene.mask.rows < side)
        return pairs;
    cv::Mat sums;
    cv::integral(scene.mask, sums, CV_32S);
    const auto coverage = [&](const cv::Point& corner) {
        const auto at = [&](int y, int x) { return sums.at<int>(corner.y + y, corner.x + x); };
        return (at(side, side) - at(0, side) - at(side, 0) + at(0, 0)) / (255.0 * side * side);
    };
    std::vector<cv::Point> inside;
    std::vector<cv::Point> across;
    for (int i = 0; i < kCandidates; ++i) {
        const cv::Point corner(8 * dice.whole(0, (scene.mask.cols - side) / 8),
                               8 * dice.whole(0, (scene.mask.rows - side) / 8));
        if (std::find(inside.begin(), inside.end(), corner) != inside.end())
            continue;
        const double covered = coverage(corner);
        if (covered >= kWellInside)
            inside.push_back(corner);
        else if (covered >= kAcross)
            across.push_back(corner);
    }
    // Two in three from inside where there are enough.
    const auto size = [](const auto& list) { return static_cast<int>(list.size()); };
    const int from_across = std::min(size(across), std::max(count / 3, count - size(inside)));
    across.resize(static_cast<std::size_t>(from_across));
    inside.resize(static_cast<std::size_t>(std::min(size(inside), count - from_across)));
    inside.insert(inside.end(), across.begin(), across.end());
    for (const auto& corner : inside) {
        const cv::Rect place(corner.x, corner.y, side, side);
        pairs.push_back({scene.untouched(place).clone(), scene.edited(place).clone(),
                         scene.mask(place).clone(), scene.kind});
    }
    return pairs;
}

PatchStream::PatchStream(std::vector<const Photo*> photos, const StreamOptions& options)
    : photos_(std::move(photos)),
      options_(options),
      draws_(options.seed ^ 0xD1CE, options.first_scene),
      scene_(options.first_scene),
      thread_([this](std::stop_token stop) { fill(std::move(stop)); }) {}

PatchStream::~PatchStream() {
    thread_.request_stop();
    changed_.notify_all();
}

void PatchStream::fill(std::stop_token stop) {
    try {
        int barren = 0;
        while (!stop.stop_requested()) {
            const std::uint64_t index = scene_;
            std::vector<PatchPair> made;
            if (const auto scene = make_scene(photos_, options_.seed, index, progress_)) {
                Dice dice(options_.seed ^ 0x9A7C4, index);
                made = take_patches(*scene, options_.side, options_.patches_per_scene, dice);
            }
            barren = made.empty() ? barren + 1 : 0;
            if (barren > kBarrenScenes)
                throw TrainingError("The photographs yield no patches of " +
                                    std::to_string(options_.side) +
                                    " pixels; give larger photographs or a smaller --patch.");
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, stop, [&] { return pool_.size() < options_.pool; }))
                return;
            std::move(made.begin(), made.end(), std::back_inserter(pool_));
            ++scene_;
            lock.unlock();
            changed_.notify_all();
        }
    } catch (...) {
        const std::lock_guard lock(mutex_);
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

std::vector<PatchPair> PatchStream::draw(int count, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    const auto enough = std::max<std::size_t>(static_cast<std::size_t>(count), options_.pool / 2);
    if (!changed_.wait(lock, stop, [&] { return failure_ || pool_.size() >= enough; }))
        throw Cancelled();
    if (failure_)
        std::rethrow_exception(failure_);
    std::vector<PatchPair> drawn;
    for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(draws_.bits() % pool_.size());
        std::swap(pool_[at], pool_.back());
        drawn.push_back(std::move(pool_.back()));
        pool_.pop_back();
    }
    lock.unlock();
    changed_.notify_all();
    return drawn;
}

}  // namespace dfd
