// An expert that is no network of ours, ready to be asked: an ONNX model or a program, each in a
// process of its own. Plain C++.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "core/opinion/contributions.h"
#include "core/panel/foreign/manifest.h"
#include "core/panel/foreign/view.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// The expert has no opinion on this picture. what() is a sentence without the expert's name.
class NoOpinion : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What an expert said of one view.
struct ForeignAnswer {
    std::vector<double> values;  ///< as it gave them
    double log_odds = 0;         ///< of "fake", as the manifest reads them, before its calibration
    /// Its own map of the view, if its manifest names one: see own_map().
    std::optional<ContributionMap> map = {};
};

class ForeignExpert {
  public:
    virtual ~ForeignExpert() = default;
    [[nodiscard]] virtual const ForeignManifest& manifest() const = 0;
    /// What it reads of a picture; at least one. Throws NoOpinion.
    [[nodiscard]] virtual std::vector<View> views(const Pixels& picture) const = 0;
    /// Its answer to one view. Blocks; stopping takes at most a tenth of a second. A process that
    /// failed is started again at the next call. Throws NoOpinion, Cancelled, std::bad_alloc.
    [[nodiscard]] virtual ForeignAnswer answer(const View& view, const std::stop_token& stop) = 0;
    /// How many views it can be given at once: give answers() as many where there are as many.
    [[nodiscard]] virtual std::size_t batch() const { return 1; }
    /// Its answers to several views, in their order; the same as answer() gives one by one,
    /// but for rounding.
    [[nodiscard]] virtual std::vector<ForeignAnswer> answers(std::span<const View> views,
                                                             const std::stop_token& stop);
};
/// Views in a batch of an ONNX model: a row of cells of a map of occlusion.
inline constexpr std::size_t kForeignBatch = 7;

/// One log-odds of the answers to all views.
[[nodiscard]] double pooled(std::span<const ForeignAnswer> answers, Pool pool);
/// Log-odds after the manifest's calibration, within kMostLogOdds.
[[nodiscard]] double calibrated(double log_odds, const Logistic& calibration);
/// What numbers of an output mean: log-odds of "fake", between -kMostLogOdds and kMostLogOdds.
/// Throws NoOpinion when they are not finite or not of the manifest's kind.
[[nodiscard]] double log_odds_of(std::span<const double> values, const ForeignOutput& output);
inline constexpr double kMostLogOdds = 100;

/// Numbers of a map that an expert makes, row-major; of a pair, all of the first, then all of the
/// second. `reliability` is empty or has one number for each place.
struct MapNumbers {
    int rows = 0;
    int columns = 0;
    std::vector<float> values;
    std::vector<float> reliability = {};
};
/// The map's log-odds of "fake" at each place, within kMostMapLogOdds, divided by their count: the
/// density of the result is what the expert says of each place, and its sum is the mean. At most
/// kMostMapCells along a side: larger maps are averaged. Places that are not reliable, and those
/// whose numbers are not finite or no probabilities, are kNotLookedAt. The manifest's calibration
/// is of scores and not applied.
[[nodiscard]] ContributionMap own_map(const MapNumbers& numbers, const ForeignMap& meaning);
inline constexpr double kMostMapLogOdds = 10;
inline constexpr int kMostMapCells = 64;

/// The expert whose manifest is `file`, with everything else beside it. Starts nothing yet. The
/// model is checked as data first. Throws PanelError: what it needs on this machine is not there,
/// or the model is not taken.
[[nodiscard]] std::unique_ptr<ForeignExpert> open_foreign_expert(
    const ForeignManifest& manifest, const std::filesystem::path& folder);
/// The same for an ONNX model that is not beside its manifest.
[[nodiscard]] std::unique_ptr<ForeignExpert> open_onnx_expert(const ForeignManifest& manifest,
                                                              const std::filesystem::path& model);
[[nodiscard]] std::unique_ptr<ForeignExpert> open_program_expert(
    const ForeignManifest& manifest, const std::filesystem::path& folder);

/// Why experts of this kind cannot be used on this machine, and what to do: a sentence. Empty when
/// they can.
[[nodiscard]] std::string missing_for_onnx();
[[nodiscard]] std::string missing_for_programs();

}  // namespace dfd
