// Why each expert says what it says, and whether that explanation holds. Plain C++.
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

/// Words for --layer that mean something for every architecture: the last feature map, the latest
/// layer whose map is twice as fine, and four times. An expert without one is explained at its
/// last.
inline constexpr const char* kLastLayer = "last";
inline constexpr const char* kFinerLayer = "finer";
inline constexpr const char* kFinestLayer = "finest";

struct ExplainOptions {
    AttributionMethod method = AttributionMethod::Exact;
    AttributionTarget target = AttributionTarget::LogOdds;
    /// One of the words above, or a layer's name, which must be one of at least one expert: the
    /// others are explained at their last.
    std::string layer = kLastLayer;
    bool test = true;        ///< run the deletion test
    std::uint32_t seed = 1;  ///< of its displaced maps and ties
};

/// One expert's map, or the mean of them.
struct MapExplanation {
    ContributionMap map;  ///< signed, in logits
    double value = 0;     ///< the explained number
    double rest = 0;      ///< value - the map's sum: what the map does not say
    std::optional<DeletionTest> test;
};

struct ExpertExplanation : MapExplanation {
    int index = 0;
    std::string name;
    std::string architecture;
    AttributionMethod method = AttributionMethod::Exact;  ///< Exact becomes LayerCam elsewhere than
                                                          ///< at the last layer, where none is
    AttributionTarget target = AttributionTarget::LogOdds;
    std::string layer;  ///< its name in the network
    bool last_layer = true;
    std::string formula;    ///< with A an activation, g the target's gradient, c channel, p place
    std::string exactness;  ///< a sentence: what of this is exact and what is first order
    std::array<double, 2> logits{};
};

struct Explanation {
    std::vector<ExpertExplanation> experts;  ///< all, in the panel's order
    MapExplanation mean;                     ///< of the experts' targets and densities, all alike
    double seconds = 0;
};

/// Called with 0 .. 1 while one expert is explained.
using ExpertProgress = std::function<void(double done)>;

/// What an Evaluator that has networks can do besides. Found by `dynamic_cast` from Evaluator;
/// evaluators without networks are not one.
class ExpertExplainer {
  public:
    virtual ~ExpertExplainer() = default;
    /// Runs one expert's trunk once, differentiates what follows the layer, and scores 35 pictures
    /// with parts taken away. Blocks; one caller at a time, `evaluate` included, but for the time
    /// that `progress` takes: it is called between two batches, when nothing is under way, so that
    /// others may have their turn in it. Throws Cancelled (asked between batches), DeviceError,
    /// std::bad_alloc, std::invalid_argument (a layer), and what `progress` throws.
    virtual ExpertExplanation explain(const Pixels& picture, std::size_t expert,
                                      const ExplainOptions& options, std::stop_token stop,
                                      const ExpertProgress& progress) = 0;
    /// Names of the layers before the last that `expert` can be explained at, earliest first.
    virtual std::vector<std::string> layers(std::size_t expert) = 0;
};

/// The same object as one that explains. Throws DeviceError, a sentence, where it cannot.
[[nodiscard]] ExpertExplainer& explainer_of(Evaluator& evaluator);

/// Every expert, then their mean, whose deletion test scores the whole panel. `heard` gets each
/// expert as it is done, on the caller's thread. `known` are experts of an earlier call for the
/// same picture, panel and options that was stopped: they are taken as they are, and heard. Blocks.
/// Throws what `ExpertExplainer::explain` throws, std::invalid_argument for a layer no expert has,
/// and DeviceError for an evaluator that cannot explain.
[[nodiscard]] Explanation explain(Evaluator& evaluator, const Pixels& picture,
                                  const ExplainOptions& options, const std::stop_token& stop = {},
                                  const std::function<void(const ExpertExplanation&)>& heard = {},
                                  const Progress& progress = {},
                                  const std::vector<ExpertExplanation>& known = {});

}  // namespace dfd
