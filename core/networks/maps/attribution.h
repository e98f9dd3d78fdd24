// What every place of a picture contributes to an expert's answer, in the units of its logits.
// Sees torch.
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
    /// [h,w] float32, signed: what each location adds to the target, in logits. Above 0 towards it,
    /// below 0 against it. Never rescaled.
    torch::Tensor map;
    double value = 0;  ///< of the target
    /// value - the map's sum. With Exact, what the head adds whatever the picture (its biases);
    /// with the others also what a first-order reading misses.
    double rest = 0;
    bool last_layer = true;
    bool divisor_held = false;  ///< Exact met a norm behind the pooling
};

/// With A [C,h,w] the layer's output and g = d target / d A:
///   GradCam          sum_c mean_p(g_c) A_c                                (Selvaraju et al. 2017)
///   GradCamPlusPlus  sum_c (w(g)_c - w(-g)_c) A_c,                  (Chattopadhay et al. 2018)
///                    w(g)_c = sum_p a ReLU(g_c) / sum_p a over the p with g_c > 0,
///                    a = g_c^2 / (2 g_c^2 + g_c^3 sum_p A_c), 0 where its divisor is not positive
///                    (normalised as in the authors' program: a mean gradient, hence in logits)
///   LayerCam         sum_c ReLU(g_c) A_c - sum_c ReLU(-g_c) A_c           (Jiang et al. 2021)
///   Exact            sum_c g_c A_c at the last layer, norms behind the pooling dividing by a
///                    constant                    (Zhou et al. 2016, without leaving a term out)
/// The papers' maps are the positive part, of one class; the difference of the two classes' maps
/// keeps the sign. GradCam of the target Fake at the last layer is, cut at 0, `grad_cam` to the
/// bit. For average pooling and a linear head all four agree at the last layer but for the spread
/// of g over locations, which is none.
///
/// What Exact means: the map and `rest` add up to the value (rounding aside) and `rest` does not
/// depend on the picture, for an average pooling and a linear head without any condition; behind a
/// norm (ConvNeXt) as long as its divisor is held at this picture's; with strongest-window pooling
/// (trace networks) as long as the same windows remain the strongest. What changes the divisor or
/// the choice of windows is not shown.
///
/// `input` is one picture [1,3,H,W], preprocessed; the network is in eval mode. An empty `layer` is
/// the last feature map. Throws std::invalid_argument, a sentence, for a layer the network does not
/// have and for Exact anywhere but at the last; std::length_error as `tapped` does. Grad mode is
/// restored.
[[nodiscard]] Attribution attribute(ExpertNetwork& network, const torch::Tensor& input,
                                    AttributionMethod method, AttributionTarget target,
                                    const std::string& layer = {});

/// The layers before the last feature map that can be explained, earliest first, with the size of
/// their maps for an input of 64 x 64 pixels. Runs the network once on a blank one.
[[nodiscard]] std::vector<TappedLayer> earlier_layers(ExpertNetwork& network);

}  // namespace dfd
