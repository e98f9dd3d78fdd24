// Scores many variants of one picture: sweeps, windows, decode policies. Plain C++.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/opinion/opinion.h"

namespace dfd {

/// Makes variant `index`, 0 to count - 1. Called once for each, in order, on the caller's thread,
/// and only when its batch is next, so that a sweep of hundreds keeps one batch of pixels.
/// Exceptions end the scoring and are passed on.
using VariantMaker = std::function<Pixels(std::size_t index)>;

/// Receives one variant's opinion as soon as its batch is scored; in order, on the caller's thread.
using VariantListener = std::function<void(std::size_t index, const PanelOpinion& opinion)>;

struct VariantOptions {
    int batch = 4;             ///< variants scored together, at least 1; large ones one by one
    EvaluateOptions evaluate;  ///< without maps by default
};

/// Returns one opinion per variant, in order. Blocks. Throws Cancelled (checked before each variant
/// is made and, by the evaluator, between experts), DeviceError, std::bad_alloc,
/// std::invalid_argument for a batch below 1, and what `make` and `listener` throw. `listener` is
/// not called after that.
std::vector<PanelOpinion> score_variants(Evaluator& evaluator, std::size_t count,
                                         const VariantMaker& make, const std::stop_token& stop,
                                         const VariantListener& listener = {},
                                         const VariantOptions& options = {});

/// The same for pixels that exist already.
std::vector<PanelOpinion> score_variants(Evaluator& evaluator, std::span<const Pixels> variants,
                                         const std::stop_token& stop,
                                         const VariantListener& listener = {},
                                         const VariantOptions& options = {});

/// The same experts with equal weights, without their maps. Versions and windows of a picture are
/// compared with this.
[[nodiscard]] inline PanelOpinion reference_of(PanelOpinion opinion) {
    for (auto& expert : opinion.experts) {
        expert.map.reset();
        expert.weight = 1;
    }
    combine(opinion);
    return opinion;
}

}  // namespace dfd
