// How far a score holds when the picture is recompressed, scaled, cut or photographed anew.
// Plain C++.
//
// Ordinary re-sharing is what a picture goes through when people pass it on without meaning to
// change it: JPEG and WebP down to quality 75 (sites and messaging apps use 70 to 90), scaling
// between half and 1.25 times the size, a crop of up to 5 % at each side, a mirror image, up to 2
// degrees of straightening, brightness within 10 %, a blur of 0.5 pixels, noise of 2 levels; and
// the presets of messaging apps, a social network and a screenshot, each a chain of such steps.
// Stronger amounts are there to find where a verdict breaks; they do not count for the interval.
// Nor do hard passages: who prints and scans a picture knows that it is another one then. What the
// score would be behind them is told on its own.
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
    std::string title;  ///< for people: "JPEG quality", "messaging app"
    std::string unit;   ///< of the amount, with a space if it wants one: " px", "°"; may be empty
    std::string what;   ///< one sentence, for people
    bool preset = false;  ///< a chain of steps with one fixed set of amounts
    /// "printing and scanning": a hard passage, which is told beside the interval and never counts
    /// for it; empty for all others.
    std::string passage;
    bool ordered = true;  ///< amounts lie on a scale, so that a curve may be drawn between them
    std::optional<double> neutral;  ///< the amount that changes nothing, where there is one
    std::vector<StabilityVariant> variants;  ///< amounts rise

    /// "JPEG quality 62"; the title alone for a preset.
    [[nodiscard]] std::string words(std::optional<double> amount) const;
};

/// All of them: jpeg, webp, scale, blur, noise, crop, rotation, flip, brightness, then the presets
/// messaging, messaging-twice, social, screenshot and print-scan.
[[nodiscard]] const std::vector<StabilityOperation>& stability_operations();

/// By their names, in the given order; all for none. Throws std::invalid_argument with a sentence
/// for a name that is unknown or repeated.
[[nodiscard]] std::vector<StabilityOperation> find_operations(std::span<const std::string> names);

struct StabilityPoint {
    std::size_t operation = 0;  ///< of Stability::operations
    std::size_t variant = 0;    ///< of its variants
    PanelOpinion opinion;       ///< without maps
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
    std::vector<StabilityPoint> points;  ///< as they were scored: operation by operation
    std::vector<SkippedVariant> skipped;
    bool complete = false;  ///< every version was scored or skipped

    [[nodiscard]] const StabilityVariant& variant_of(const StabilityPoint& point) const {
        return operations[point.operation].variants[point.variant];
    }
    /// Versions that are asked for.
    [[nodiscard]] std::size_t planned() const;
};

struct StabilityOptions {
    std::vector<StabilityOperation> operations = stability_operations();
    int batch = 4;
    /// Enlargements beyond it are skipped.
    std::uint64_t most_pixels = 60'000'000;
};

/// After the untouched picture, then after every point, on the caller's thread: what there is so
/// far. Valid during the call.
using StabilityListener = std::function<void(const Stability& so_far)>;

/// Scores the picture, unless `untouched` is given (its weights are taken as 1), and its versions
/// as the reference combination. Blocks; memory holds one
/// batch of versions. A stop ends it at once with `complete` false and every point that was
/// finished. Throws PictureError for no pixels, DeviceError, std::bad_alloc, and Cancelled when
/// stopped before the untouched picture was scored.
[[nodiscard]] Stability stability_of(const Pixels& picture, Evaluator& evaluator,
                                     const StabilityOptions& options = {},
                                     const std::optional<PanelOpinion>& untouched = {},
                                     const StabilityListener& heard = {},
                                     const std::stop_token& stop = {});

/// The same figures with the experts weighted anew, one weight each, in order. Throws as `combine`
/// does.
[[nodiscard]] Stability reweighed(Stability stability, std::span<const double> weights);

/// What is known and more of the same picture by the same panel: operations of `more` take the
/// place of those of their name, the others follow.
[[nodiscard]] Stability joined(const Stability& known, const Stability& more);

/// Without operations of which a version is neither scored nor skipped; `complete`.
[[nodiscard]] Stability finished_part(const Stability& stability);

/// The interval, the counts, the hard passages in the order of their operations, and every change
/// of side: of the panel first, then of each expert that
/// counts, operation by operation. Between neighbouring amounts the score is taken as linear, the
/// untouched picture standing at the neutral amount; where there is none (JPEG, WebP: its
/// neighbour is the highest quality) or no scale, each amount is compared with the untouched one.
[[nodiscard]] Firmness firmness_of(const Stability& stability, double threshold = kVoteThreshold);

}  // namespace dfd
