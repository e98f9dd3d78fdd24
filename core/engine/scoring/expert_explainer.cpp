#include "core/engine/scoring/expert_explainer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/engine/scoring/pictures_side_by_side.h"
#include "core/engine/scoring/removed_pixels.h"
#include "core/engine/scoring/window_views.h"
#include "core/networks/experts/trace_network.h"
#include "core/networks/maps/attribution.h"
#include "core/networks/maps/deletion_fill.h"
#include "core/panel/panel_networks.h"

namespace dfd {
namespace {

constexpr std::int64_t kBatchPixels = 1'500'000;  // bounds memory: a few pictures of 512 x 512
constexpr std::int64_t kLargestBatch = 8;

ContributionMap to_contributions(const torch::Tensor& map) {
    const auto flat = map.to(torch::kCPU, torch::kFloat32).contiguous();
    return {static_cast<int>(flat.size(0)),
            static_cast<int>(flat.size(1)),
            {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()}};
}

std::string exactness_of(const Attribution& found, AttributionMethod method,
                         const ExpertNetwork& network) {
    if (method != AttributionMethod::Exact)
        return to_say(
            "A first-order approximation: the map and the rest add up to the value, but a change "
            "of the picture changes the value by the map only as far as the network is linear.");
    if (found.divisor_held)
        return to_say(
            "The map and a constant of the network add up to the value exactly; the divisor of "
            "the norm after the pooling is held at this picture's value, so its changes are not "
            "shown.");
    if (dynamic_cast<const TraceNetwork*>(&network) != nullptr)
        return to_say(
            "The map and a constant of the network add up to the value exactly, as long as the "
            "same windows remain the strongest; what would change that choice is not shown.");
    return to_say(
        "The map and a constant of the network add up to the value exactly: average pooling and "
        "a linear head leave nothing out.");
}

/// The attribution at `layer`, or at the last layer when a picture is too large for a map of that
/// layer. `result` gets the layer and the method that were used.
Attribution attributed(ExpertNetwork& network, const torch::Tensor& input, std::int64_t window_rows,
                       const ExplainOptions& options, ExpertExplanation& result,
                       const std::string& layer) {
    const bool exact = options.method == AttributionMethod::Exact;
    try {
        result.layer = layer;
        result.method = exact && !layer.empty() ? AttributionMethod::LayerCam : options.method;
        return attribute(network, input, result.method, options.target, layer, window_rows);
    } catch (const std::length_error&) {
        const InEnglish english;  // it is kept; say_again() shows it
        result.fallback =
            say("The picture is read in tiles, so the layer %1 has no single map; use the last "
                "layer, or a picture of at most 1.5 megapixels. Explained at the last layer.",
                {layer});
    }
    result.layer.clear();
    result.method = options.method;
    return attribute(network, input, result.method, options.target, {}, window_rows);
}

/// Scores pictures with cells removed.
class Deleter {
  public:
    /// The input is of windows of `window_rows` rows; 0: of the picture.
    Deleter(ExpertNetwork& network, const TrunkRun& trunk, torch::Tensor input, torch::Tensor fill,
            std::int64_t window_rows, const CellGrid& grid, AttributionTarget target,
            const std::stop_token& stop, const ExpertProgress& progress)
        : network_(network),
          trunk_(trunk),
          input_(std::move(input)),
          fill_(std::move(fill)),
          window_rows_(window_rows),
          grid_(grid),
          target_(target),
          stop_(stop),
          progress_(progress) {}

    /// Scores the pictures of all curves in batches, curve by curve.
    std::vector<DeletionCurve> run(const std::vector<std::vector<int>>& orders) {
        std::vector<std::vector<int>> removed;
        for (const auto& order : orders)
            for (const double share : kRemovedShares)
                removed.emplace_back(order.begin(),
                                     order.begin() + removed_cells(share, grid_.count()));
        const auto values = values_of(removed);
        std::vector<DeletionCurve> curves(orders.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            curves[i / kRemovedShares.size()][i % kRemovedShares.size()] = values[i];
        return curves;
    }

  private:
    std::vector<double> values_of(const std::vector<std::vector<int>>& removed) {
        const torch::NoGradGuard no_gradients;
        std::vector<double> values;
        while (values.size() < removed.size()) {
            check_stop(stop_);
            const auto rest = std::span(removed).subspan(values.size());
            const auto found = next_values(rest.first(std::min(batch_size(), rest.size())));
            values.insert(values.end(), found.begin(), found.end());
            if (progress_)
                progress_(static_cast<double>(values.size()) / static_cast<double>(removed.size()));
        }
        return values;
    }

    [[nodiscard]] bool several_at_a_time() const { return !trunk_ && input_.is_cpu(); }

    [[nodiscard]] std::size_t batch_size() const {
        if (window_rows_ > 0 && !several_at_a_time())
            return 1;
        const auto pixels = input_.size(2) * input_.size(3);
        const auto few = std::clamp<std::int64_t>(kBatchPixels / pixels, 1, kLargestBatch);
        return static_cast<std::size_t>(
            several_at_a_time()
                ? std::max(window_rows_ > 0 ? 1 : few, pictures_side_by_side(pixels))
                : few);
    }

    std::vector<double> next_values(std::span<const std::vector<int>> removed) {
        if (!several_at_a_time())
            return together(removed);
        std::vector<double> values(removed.size());
        side_by_side(std::ssize(removed), [&](std::int64_t i) {
            const auto at = static_cast<std::size_t>(i);
            values[at] = together(removed.subspan(at, 1)).front();
        });
        return values;
    }

    /// The values of one batch.
    std::vector<double> together(std::span<const std::vector<int>> removed) {
        const auto pictures =
            with_cells_removed(input_, fill_, removed, grid_.row_edges, grid_.column_edges);
        const auto features = window_rows_ > 0
                                  ? network_.feature_map_of_windows(pictures, window_rows_)
                              : trunk_ ? FeatureMap(trunk_(pictures))
                                       : network_.feature_map(pictures);
        const auto found = target_value(network_.logits(features).to(torch::kFloat64), target_)
                               .to(torch::kCPU)
                               .contiguous();
        return {found.data_ptr<double>(), found.data_ptr<double>() + found.numel()};
    }

    ExpertNetwork& network_;
    const TrunkRun& trunk_;
    torch::Tensor input_, fill_;
    std::int64_t window_rows_;
    const CellGrid& grid_;
    AttributionTarget target_;
    const std::stop_token& stop_;
    const ExpertProgress& progress_;
};

}  // namespace

std::string layer_for(ExpertNetwork& network, const std::string& wanted) {
    if (wanted.empty() || wanted == kLastLayer)
        return {};
    const auto layers = earlier_layers(network);
    if (wanted != kFinerLayer && wanted != kFinestLayer) {
        const auto named = std::ranges::find(layers, wanted, &TappedLayer::name);
        return named == layers.end() ? std::string() : wanted;
    }
    const torch::NoGradGuard no_gradients;
    const auto times = wanted == kFinerLayer ? 2 : 4;
    const auto rows = network.feature_map(blank_input(network)).map.size(2) * times;
    const auto fine = std::find_if(layers.rbegin(), layers.rend(),
                                   [&](const TappedLayer& layer) { return layer.rows >= rows; });
    return fine == layers.rend() ? std::string() : fine->name;
}

ExpertExplanation explain_expert(ExpertNetwork& network, const ExpertRecord& record,
                                 const Pixels& picture, torch::Device device,
                                 const ExplainOptions& options, const std::stop_token& stop,
                                 const ExpertProgress& progress, const TrunkRun& trunk) {
    check_stop(stop);
    const bool native = record.input.resize == Resize::Native;
    const auto type = native ? torch::kFloat32 : network.parameters().front().scalar_type();
    const auto windows = windows_of(picture, record.input, options.everywhere);
    const auto input_of = [&](const Pixels& read) {
        return expert_input(read, record.input, device).to(type);
    };
    const auto input =
        windows.whole() ? input_of(picture) : input_of(stacked_windows(picture, windows));
    const int window_rows = windows.whole() ? 0 : windows.height;

    ExpertExplanation result;
    result.name = record.name;
    result.architecture = record.architecture;
    result.target = options.target;
    auto found =
        attributed(network, input, window_rows, options, result, layer_for(network, options.layer));
    result.last_layer = found.last_layer;
    if (result.layer.empty())
        result.layer = record.gradcam_layer;
    result.formula = method_formula(result.method);
    result.exactness = exactness_of(found, result.method, network);
    if (!windows.whole())
        result.windows = static_cast<int>(windows.corners.size());
    result.logits = {found.logits[0][0].item<double>(), found.logits[0][1].item<double>()};
    if (!std::isfinite(result.logits[0]) || !std::isfinite(result.logits[1]))
        throw DeviceError("The expert " + record.name +
                          " gave a logit that is not a finite number during the explanation; try "
                          "--precision fp32, and `dfd panel verify`.");
    result.value = found.value;
    result.rest = found.rest;
    const auto map = to_contributions(found.map);
    result.map = windows.whole() ? map : map_of_picture(map, windows);
    if (!options.test)
        return result;

    // The cells divide the input tensor, which is the picture itself, the stretched picture, or its
    // windows, one below the other: then only what was looked at is removed, and the map is
    // displaced over these places alone.
    const auto grid =
        windows.whole()
            ? deletion_grid(static_cast<int>(input.size(3)), static_cast<int>(input.size(2)))
            : stacked_grid(static_cast<int>(windows.corners.size()), windows.width, windows.height);
    Deleter deleter(
        network, trunk, input,
        input_of(windows.whole() ? softened_copy(picture) : softened_windows(picture, windows)),
        window_rows, grid, options.target, stop, progress);
    result.test = deletion_test(map, grid, result.value, options.seed,
                                [&](const auto& orders) { return deleter.run(orders); });
    return result;
}

}  // namespace dfd
