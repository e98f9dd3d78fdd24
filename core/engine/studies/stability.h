// Measures how stable a score is when the picture is recompressed, scaled, cropped or photographed
// again. Plain C++.
//
// Ordinary re-sharing is what a picture goes through when people pass it on without meaning to
// change it: JPEG and WebP down to quality 75 (sites and messaging apps use 70 to 90), scaling
// between half and 1.25 times the size, a crop of up to 5 % at each side, a mirror image, up to 2
// degrees of straightening, brightness within 10 %, a blur of 0.5 pixels, noise of 2 levels; and
// the presets of messaging apps, a social network and a screenshot, each a chain of such steps.
// Stronger amounts show where a verdict breaks; they do not count for the interval. Neither do hard
// passages: people who print and scan a picture know that the result is another picture. The scores
// after them are reported separately.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/opinion/firmness.h"
#include "core/picture/pixels/alteration.h"

namespace dfd {

/// One version of a picture.
struct StabilityVariant {
    std::optional<double> amount;  ///< none for a preset
    std::vector<Alteration> steps;
    bool ordinary = false;  ///< counts as ordinary re-sharing
};

/// One operation with the amounts that are tried.
struct StabilityOperation {
    std::string name;   ///< stable, for exports: "jpeg", "messaging"
    std::string title;  ///< English, to be said: "JPEG quality", "messaging app"
    std::string unit;  ///< of the amount, with a leading space if needed: " px", "°"; may be empty
    std::string what;  ///< one sentence; English, to be said
    bool preset = false;  ///< a chain of steps with one fixed set of amounts
    /// "printing and scanning": a hard passage, which is reported beside the interval and never
    /// counts for it. Empty for all others.
    std::string passage;
    bool ordered = true;  ///< amounts lie on a scale, so a curve may be drawn between them
    std::optional<double> neutral;           ///< the amount that changes nothing, if there is one
    std::vector<StabilityVariant> variants;  ///< in ascending order of amount

    /// "JPEG quality 62"; the title alone for a preset. In the language in use.
    [[nodiscard]] std::string words(std::optional<double> amount) const;
    /// The same in English, to be said, with %1 for the amount: "JPEG quality %1".
    [[nodiscard]] std::string pattern(std::optional<double> amount) const;
};

/// An amount as `StabilityOperation::words` has it: "62", "0.35".
[[nodiscard]] std::string amount_figure(double amount);

/// All of them: jpeg, webp, scale, blur, noise, crop, rotation, flip, brightness, then the presets
/// messaging, messaging-twice, social, screenshot and print-scan.
[[nodiscard]] const std::vector<StabilityOperation>& stability_operations();

/// Operations by name, in the given order; all for no names. Throws std::invalid_argument with a
/// sentence for a name that is unknown or repeated.
[[nodiscard]] std::vector<StabilityOperation> find_operations(std::span<const std::string> names);

struct StabilityPoint {
    std::size_t operation = 0;  ///< index into Stability::operations
    std::size_t variant = 0;    ///< index into its variants
    PanelOpinion opinion;       ///< without maps; about the question that leads on the untouched
};

/// A version that could not be made, and why: a sentence.
struct SkippedVariant {
    std::size_t operation = 0;
    std::size_t variant = 0;
    std::string why;
};

struct Stability {
    std::vector<StabilityOperation> operations;
    PanelOpinion untouched;
    std::vector<StabilityPoint> points;  ///< in scoring order: operation by operation
    std::vector<SkippedVariant> skipped;
    bool complete = false;  ///< every version was scored or skipped

    [[nodiscard]] const StabilityVariant& variant_of(const StabilityPoint& point) const {
        return operations[point.operation].variants[point.variant];
    }
    /// The number of versions of all operations.
    [[nodiscard]] std::size_t planned() const;
};

struct StabilityOptions {
    std::vector<StabilityOperation> operations = stability_operations();
    int batch = 4;
    /// Enlargements beyond this are skipped.
    std::uint64_t most_pixels = 60'000'000;
    bool everywhere = false;  ///< as EvaluateOptions::everywhere
};

/// Called after the untouched picture, then after every point, on the caller's thread. `so_far` is
/// valid during the call.
using StabilityListener = std::function<void(const Stability& so_far)>;

/// Scores the picture, unless `untouched` is given (its weights are taken as 1), and its versions
/// with the reference combination. Blocks. Memory holds one batch of versions, of a
/// large picture one version. A stop ends it at once with `complete` false and every point that was
/// finished. Throws PictureError for no pixels, DeviceError, std::bad_alloc, and Cancelled when
/// stopped before the untouched picture was scored.
[[nodiscard]] Stability stability_of(const Pixels& picture, Evaluator& evaluator,
                                     const StabilityOptions& options = {},
                                     const std::optional<PanelOpinion>& untouched = {},
                                     const StabilityListener& listener = {},
                                     const std::stop_token& stop = {});

/// The same figures with the experts reweighted, one weight per expert, in order. Throws as
/// `combine` does.
[[nodiscard]] Stability reweighed(Stability stability, std::span<const double> weights);

/// The same versions, judged by another of the panel's questions. Throws std::out_of_range.
[[nodiscard]] Stability about(Stability stability, std::size_t question);

/// Merges two sweeps of the same picture by the same panel. Operations of `more` replace those of
/// `known` with the same name; they follow the rest of `known`.
[[nodiscard]] Stability joined(const Stability& known, const Stability& more);

/// Only the operations whose versions were all scored or skipped; `complete`.
[[nodiscard]] Stability finished_part(const Stability& stability);

/// The interval, the counts, the hard passages in the order of their operations, and every change
/// of side: of the panel first, then of each expert with a weight, operation by operation. All are
/// about the question that leads on the untouched picture. Scores
/// are interpolated linearly between neighbouring amounts, with the untouched picture at the
/// neutral amount. Without a neutral amount (JPEG, WebP) the untouched picture is the neighbour of
/// the highest quality. Without a scale, each version is compared with the untouched picture.
[[nodiscard]] Firmness firmness_of(const Stability& stability, double threshold = kVoteThreshold);

}  // namespace dfd
