// Attribution maps: what each location of a picture contributes to an expert's output, in logits.
// Depends on torch.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "core/networks/experts/activation_tap.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/maps/attribution_method.h"

namespace dfd {

/// [N,2] logits -> [N].
[[nodiscard]] torch::Tensor target_value(const torch::Tensor& logits, AttributionTarget target);

struct Attribution {
    torch::Tensor logits;  ///< [1,2] float32
    /// [h,w] float32, signed: what each location adds to the target, in logits. Positive for the
    /// target, negative against it. Never rescaled.
    torch::Tensor map;
    double value = 0;  ///< the target's value
    /// value minus the sum of the map. With Exact: the head's contribution for any picture (its
    /// biases). With the other methods it also contains the error of the first-order approximation.
    double rest = 0;
    bool last_layer = true;
    bool divisor_held = false;  ///< Exact: there was a norm after the pooling
};

/// Explains one picture. With A [C,h,w] the layer's output and g = d target / d A:
///   GradCam          sum_c mean_p(g_c) A_c                                (Selvaraju et al. 2017)
///   GradCamPlusPlus  sum_c (w(g)_c - w(-g)_c) A_c,                  (Chattopadhay et al. 2018)
///                    w(g)_c = sum_p a ReLU(g_c) / sum_p a over the p with g_c > 0,
///                    a = g_c^2 / (2 g_c^2 + g_c^3 sum_p A_c), 0 where its divisor is not positive
///                    (normalised as in the authors' program: a mean gradient, hence in logits)
///   LayerCam         sum_c ReLU(g_c) A_c - sum_c ReLU(-g_c) A_c           (Jiang et al. 2021)
///   Exact            sum_c g_c A_c at the last layer, with constant divisors in norms after the
///                    pooling                     (Zhou et al. 2016, without omitting a term)
/// The papers' maps are the positive part for one class; the difference of both classes' maps keeps
/// the sign. GradCam of the target Fake at the last layer, clamped at 0, equals `grad_cam` bit for
/// bit. For average pooling and a linear head, g is constant over locations and all four methods
/// agree at the last layer.
///
/// Meaning of Exact: the map and `rest` add up to the value (apart from rounding), and `rest` does
/// not depend on the picture. For average pooling with a linear head this always holds. With a norm
/// after the pooling (ConvNeXt) it holds for this picture's divisor, and with strongest-window
/// pooling (trace networks) while the same windows remain the strongest. The map does not show what
/// changes the divisor or the choice of windows.
///
/// `input` is one preprocessed picture [1,3,H,W]; the network must be in eval mode. An empty
/// `layer` means the last feature map. Throws std::invalid_argument for a layer that the network
/// does not have and for Exact at any layer but the last; std::length_error as `tapped` does.
/// Restores the grad mode. With `window_rows`, the input is of windows that high, one below the
/// other (ExpertNetwork::feature_map_of_windows), and so is the map.
[[nodiscard]] Attribution attribute(ExpertNetwork& network, const torch::Tensor& input,
                                    AttributionMethod method, AttributionTarget target,
                                    const std::string& layer = {}, std::int64_t window_rows = 0);

/// Zeros of the weights' type and device that the network accepts: [1,3,64,64], or its own side.
[[nodiscard]] torch::Tensor blank_input(ExpertNetwork& network);

/// The layers before the last feature map that can be explained, earliest first, with their map
/// sizes for `blank_input`. Runs the network once on it.
[[nodiscard]] std::vector<TappedLayer> earlier_layers(ExpertNetwork& network);

}  // namespace dfd
