// Pairs of patches, edited and untouched, made in the background.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/training/scene.h"

namespace dfd {

struct PatchPair {
    cv::Mat untouched;  ///< side x side, 8-bit BGR
    cv::Mat edited;     ///< the same place, published alike
    cv::Mat mask;       ///< 255 where edited
    EditKind kind = EditKind::Splice;
};

/// Takes up to `count` patches from a scene, corners on multiples of 8: most of them well inside
/// the edited part, some across its border. Empty when the scene is smaller than a patch or its
/// edited part too small.
[[nodiscard]] std::vector<PatchPair> take_patches(const Scene& scene, int side, int count,
                                                  Dice& dice);

struct StreamOptions {
    int side = 96;              ///< pixels, a multiple of 8
    int patches_per_scene = 8;  ///< pairs taken from one scene
    std::size_t pool = 1500;    ///< pairs kept; batches are drawn from among them at random
    std::uint64_t seed = 1;
    std::uint64_t first_scene = 0;  ///< where a resumed training goes on
};

/// One background thread fills a bounded pool; it sleeps while the pool is full. The photographs
/// must outlive the stream. The destructor stops the thread at the next scene.
class PatchStream {
  public:
    PatchStream(std::vector<const Photo*> photos, const StreamOptions& options);
    ~PatchStream();
    PatchStream(const PatchStream&) = delete;
    PatchStream& operator=(const PatchStream&) = delete;

    /// Draws `count` pairs. Blocks until the pool is mixed enough. Throws Cancelled when stopped,
    /// and whatever made the background thread fail.
    [[nodiscard]] std::vector<PatchPair> draw(int count, std::stop_token stop);
    /// How far the training has come, 0..1, for the curriculum.
    void set_progress(double progress) { progress_ = progress; }
    /// Scenes made so far, counted from 0 of the whole training.
    [[nodiscard]] std::uint64_t scenes() const { return scene_; }

  private:
    void fill(std::stop_token stop);

    std::vector<const Photo*> photos_;
    StreamOptions options_;
    Dice draws_;
    std::atomic<double> progress_{0};
    std::atomic<std::uint64_t> scene_{0};
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<PatchPair> pool_;
    std::exception_ptr failure_;
    std::jthread thread_;  ///< last: it uses everything above
};

}  // namespace dfd
