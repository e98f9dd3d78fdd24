// What all branches share that make fakes from photographs on this computer: turns, threads, files,
// manifest and resuming. Uses OpenCV and nlohmann-json.
// Internal to core/training/fakes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/cancelled.h"
#include "core/panel/panel_record.h"
#include "core/training/fakes/fake_options.h"
#include "core/training/manifest/manifest.h"
#include "core/training/photos/in_parallel.h"
#include "core/training/photos/photo_library.h"
#include "core/training/photos/publication.h"

namespace dfd {

/// A fake and its untouched twin before publication, 8-bit BGR of the same size.
struct FakePair {
    cv::Mat original;
    cv::Mat fake;
    cv::Mat mask;  ///< 8-bit, 255 where changed; empty: the whole picture
    Publication publication;
    std::string operation;
    nlohmann::json parameters = nlohmann::json::object();  ///< of the fake, for the manifest
};

class FakeRun;

/// One way to make fakes.
class FakeBranch {
  public:
    virtual ~FakeBranch() = default;
    /// File in the output folder that binds it to the settings, for example "edit.json".
    [[nodiscard]] virtual std::string settings_file() const = 0;
    /// What determines the pictures besides the photographs and FakeOptions.
    [[nodiscard]] virtual nlohmann::json settings() const { return nlohmann::json::object(); }
    /// Shown with the progress, for example "editing photographs".
    [[nodiscard]] virtual std::string activity() const = 0;
    /// All operations, for the report.
    [[nodiscard]] virtual std::vector<std::string> operations() const = 0;
    /// Called once, before the first fake, unless all are there.
    virtual void begin(FakeRun&) {}
    /// Turn `turn` of a photograph, or nothing if it is not suitable. Called from several threads;
    /// the result may depend on nothing but the arguments and the settings.
    [[nodiscard]] virtual std::optional<FakePair> make(std::size_t photo, int turn,
                                                       const cv::Mat& bgr) = 0;
};

/// Random streams of a photograph, so that those of two photographs never meet.
inline constexpr std::uint64_t kStreamsPerPhoto = 1u << 20;

/// Throws TrainingError when `photos` and `out` overlap, or a number is out of range.
void check_fake_options(const FakeOptions& options);

/// Makes `per_photo` pairs of every photograph: real/I-N.jpg (or .png), fake/I-N-OPERATION.jpg and
/// mask/I-N-OPERATION.png, where I is the photograph's index among the sorted files. manifest.csv
/// has two rows per pair. A stopped or killed run resumes after the last photograph in it.
class FakeRun {
  public:
    FakeRun(FakeOptions options, FakeBranch& branch, Progress progress, std::stop_token stop);

    /// Blocks. Throws TrainingError, Cancelled (after writing the manifest).
    FakeReport run();

    // For a branch that is at work.
    [[nodiscard]] const std::vector<Photo>& photos() const { return library_.photos; }
    [[nodiscard]] cv::Mat pixels(std::size_t photo) const {
        return load_pixels(library_.photos[photo], where_);
    }
    /// The photograph's path in its folder; "#I" when it is not UTF-8, which JSON requires.
    [[nodiscard]] std::string name_of(std::size_t photo) const;
    /// Calls `work` once for each index below `count`, on several threads. The first failure stops
    /// the others and is rethrown.
    template <class Work>
    void in_parallel(std::size_t count, const std::string& what, const Work& work);

  private:
    using Rows = std::vector<ManifestRow>;

    void open();
    void resume();
    void make_photo(std::size_t index);
    void keep(std::size_t index, int turn, const FakePair& pair, Rows& rows) const;
    void tell(double done, double total, const std::string& what);
    void save();
    void save_locked();
    [[nodiscard]] FakeReport report() const;

    FakeOptions options_;
    FakeBranch& branch_;
    Progress progress_;
    std::stop_token stop_;
    LibraryOptions where_;
    PhotoLibrary library_;
    std::mutex mutex_;  ///< of done_, made_, saved_ and the manifest
    std::mutex progress_mutex_;
    std::vector<Rows> done_;
    int made_ = 0;
    int reused_ = 0;
    std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

template <class Work>
void FakeRun::in_parallel(std::size_t count, const std::string& what, const Work& work) {
    dfd::in_parallel(count, options_.threads, stop_, work, [&](std::size_t done) {
        tell(static_cast<double>(done), static_cast<double>(count), what);
    });
}

}  // namespace dfd
