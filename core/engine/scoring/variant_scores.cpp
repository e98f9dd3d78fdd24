#include "core/engine/scoring/variant_scores.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/base/cancelled.h"

namespace dfd {
namespace {

/// A batch that has these pixels is not filled up: large variants are made and scored one by one.
constexpr std::size_t kBatchBytes = std::size_t{48} << 20;

/// `picture(i)` returns a pointer that stays valid until its batch is scored.
template <class Picture, class Scored>
std::vector<PanelOpinion> in_batches(Evaluator& evaluator, std::size_t count,
                                     const VariantOptions& options, const std::stop_token& stop,
                                     const VariantListener& listener, const Picture& picture,
                                     const Scored& scored) {
    if (options.batch < 1)
        throw std::invalid_argument("A batch of variants must have at least one.");
    std::vector<PanelOpinion> opinions;
    opinions.reserve(count);
    std::vector<const Pixels*> batch;
    while (opinions.size() < count) {
        const auto size =
            std::min(static_cast<std::size_t>(options.batch), count - opinions.size());
        batch.clear();
        std::size_t bytes = 0;
        while (batch.size() < size && bytes < kBatchBytes) {
            check_stop(stop);
            batch.push_back(picture(opinions.size() + batch.size()));
            bytes += batch.back()->rgb.size();
        }
        for (auto& opinion : evaluator.evaluate(batch, options.evaluate, stop)) {
            opinions.push_back(std::move(opinion));
            if (listener)
                listener(opinions.size() - 1, opinions.back());
        }
        scored();
    }
    return opinions;
}

}  // namespace

std::vector<PanelOpinion> score_variants(Evaluator& evaluator, std::size_t count,
                                         const VariantMaker& make, const std::stop_token& stop,
                                         const VariantListener& listener,
                                         const VariantOptions& options) {
    std::vector<Pixels> made;
    // Pointers into it must stay valid while the batch grows.
    made.reserve(std::min(static_cast<std::size_t>(std::max(options.batch, 1)), count));
    return in_batches(
        evaluator, count, options, stop, listener,
        [&](std::size_t index) {
            made.push_back(make(index));
            return &made.back();
        },
        [&] { made.clear(); });
}

std::vector<PanelOpinion> score_variants(Evaluator& evaluator, std::span<const Pixels> variants,
                                         const std::stop_token& stop,
                                         const VariantListener& listener,
                                         const VariantOptions& options) {
    return in_batches(
        evaluator, variants.size(), options, stop, listener,
        [&](std::size_t index) { return &variants[index]; }, [] {});
}

}  // namespace dfd
