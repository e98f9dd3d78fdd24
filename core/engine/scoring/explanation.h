// Explains each expert's score and tests whether the explanation holds. Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/networks/maps/attribution_method.h"
#include "core/opinion/contributions.h"
#include "core/opinion/deletion.h"

namespace dfd {

/// Values of --layer that work for every architecture: the last feature map, the latest layer whose
/// map is twice as fine, and the latest that is four times as fine. An expert without such a layer
/// is explained at its last.
inline constexpr const char* kLastLayer = "last";
inline constexpr const char* kFinerLayer = "finer";
inline constexpr const char* kFinestLayer = "finest";

struct ExplainOptions {
    AttributionMethod method = AttributionMethod::Exact;
    AttributionTarget target = AttributionTarget::LogOdds;
    /// One of the words above, or a layer's name. At least one expert must have that layer; the
    /// others are explained at their last.
    std::string layer = kLastLayer;
    bool test = true;         ///< run the deletion test
    std::uint32_t seed = 1;   ///< for its displaced maps and ties
    bool everywhere = false;  ///< as EvaluateOptions::everywhere
};

/// One expert's map, or the mean of them.
struct MapExplanation {
    ContributionMap map;  ///< signed, in logits
    double value = 0;     ///< the explained number
    double rest = 0;      ///< value - the map's sum: what the map does not explain
    std::optional<DeletionTest> test;
};

struct ExpertExplanation : MapExplanation {
    int index = 0;
    std::string name;
    std::string architecture;
    /// Exact becomes LayerCam at any layer but the last.
    AttributionMethod method = AttributionMethod::Exact;
    AttributionTarget target = AttributionTarget::LogOdds;
    std::string layer;  ///< the layer's name in the network
    bool last_layer = true;
    /// With A an activation, g the target's gradient, c the channel, p the position.
    std::string formula;
    std::string exactness;      ///< English, to be said: what is exact and what is first order
    std::string fallback = {};  ///< why it was not explained as asked, a sentence; empty: it was
    std::string remark = {};    ///< another sentence about it, or empty
    int windows = 0;            ///< of the picture that the expert looked at; 0: all of it
    std::array<double, 2> logits{};
    /// Why the expert has no opinion on the picture, a sentence; then the map shows nothing and is
    /// not part of the mean. Empty: it has one.
    std::string failure;
};

struct Explanation {
    std::vector<ExpertExplanation> experts;  ///< all, in the panel's order
    /// Of the targets and densities of the experts that count in the score of `question`, weighted
    /// equally or as the fusion of the calibration does. Those without an opinion and those beyond
    /// their gates do not.
    MapExplanation mean;
    bool fused = false;             ///< by its fusion
    std::size_t question = 0;       ///< the one that leads on the picture
    std::vector<std::string> left;  ///< names of its experts that are beyond their gates
    double seconds = 0;
};

/// What is exact about the explanation, in sentences for people.
[[nodiscard]] std::string exactness_text(const ExpertExplanation& explanation);

/// Called with values from 0 to 1 while one expert is explained.
using ExpertProgress = std::function<void(double done)>;

/// An additional interface of Evaluators that have networks. Found by `dynamic_cast` from
/// Evaluator.
class ExpertExplainer {
  public:
    virtual ~ExpertExplainer() = default;
    /// Runs one expert's trunk once, differentiates what follows the layer, and scores 35 pictures
    /// with parts removed. Blocks. One caller at a time, `evaluate` included, except during
    /// `progress`: it is called between two batches, when nothing is running, so that others may
    /// use the evaluator then. Throws Cancelled (checked between batches), DeviceError,
    /// std::bad_alloc, std::invalid_argument (a layer), and what `progress` throws.
    virtual ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                                      const ExplainOptions& options, std::stop_token stop,
                                      const ExpertProgress& progress) = 0;
    /// Names of the layers before the last that `expert` can be explained at, earliest first.
    virtual std::vector<std::string> layers(std::size_t expert) = 0;
};

/// The evaluator as an ExpertExplainer. Throws DeviceError with a sentence when it is not one.
[[nodiscard]] ExpertExplainer& explainer_of(Evaluator& evaluator);

/// Explains every expert, then their mean, whose deletion test scores the whole panel. `listener`
/// receives each expert when it is done, on the caller's thread. `known` are experts of an earlier
/// call that was stopped, for the same picture, panel and options: they are reused and passed to
/// `listener`. Blocks. Throws what `ExpertExplainer::explain` throws, std::invalid_argument for a
/// layer that no expert has, and DeviceError for an evaluator that cannot explain.
[[nodiscard]] Explanation explain(
    Evaluator& evaluator, const Pixels& picture, const ExplainOptions& options,
    const std::stop_token& stop = {},
    const std::function<void(const ExpertExplanation&)>& listener = {},
    const Progress& progress = {}, const std::vector<ExpertExplanation>& known = {});

}  // namespace dfd
