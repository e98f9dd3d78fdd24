#include "core/engine/examine/batch_scores.h"

#include <chrono>
#include <span>

namespace dfd {

BatchScores score_batch(Evaluator& evaluator, const EvaluateOptions& how,
                        const std::vector<Pixels>& pixels, const std::stop_token& stop) {
    const auto start = std::chrono::steady_clock::now();
    BatchScores outcome;
    outcome.errors.resize(pixels.size());
    std::vector<const Pixels*> pointers;
    for (const auto& each : pixels)
        pointers.push_back(&each);
    try {
        outcome.opinions = evaluator.evaluate(pointers, how, stop);
    } catch (const Cancelled&) {
        outcome.stopped = true;
    } catch (...) {
        if (pixels.size() == 1) {
            outcome.opinions.resize(1);
            outcome.errors[0] = std::current_exception();
        }
    }
    if (!outcome.stopped && outcome.opinions.size() != pixels.size()) {
        outcome.opinions.assign(pixels.size(), {});
        for (size_t i = 0; i < pixels.size() && !outcome.stopped; ++i) {
            try {
                outcome.opinions[i] =
                    evaluator.evaluate(std::span(&pointers[i], 1), how, stop).at(0);
            } catch (const Cancelled&) {
                outcome.stopped = true;
            } catch (...) {
                outcome.errors[i] = std::current_exception();
            }
        }
    }
    outcome.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return outcome;
}

}  // namespace dfd
