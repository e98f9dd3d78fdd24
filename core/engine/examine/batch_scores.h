// Scores the pictures of a batch, together or else one by one.
// Internal to core/engine.
#pragma once

#include <exception>
#include <stop_token>
#include <vector>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

struct BatchScores {
    bool stopped = false;  ///< the rest means nothing then
    double seconds = 0;
    std::vector<PanelOpinion> opinions;      ///< one per picture
    std::vector<std::exception_ptr> errors;  ///< one per picture; null where there is an opinion
};

/// A failed batch is retried picture by picture, so that one picture (or too little memory for all
/// at once) does not cost the others their scores.
[[nodiscard]] BatchScores score_batch(Evaluator& evaluator, const EvaluateOptions& how,
                                      const std::vector<Pixels>& pixels,
                                      const std::stop_token& stop);

}  // namespace dfd
