#include "core/panel/foreign/foreign_expert.h"

#include <algorithm>
#include <cmath>

namespace dfd {
namespace {

double bounded(double value) {
    return std::clamp(value, -kMostLogOdds, kMostLogOdds);
}

double log_odds_of_share(double share) {
    if (!(share >= 0 && share <= 1))
        throw NoOpinion("It gave " + std::to_string(share) + " as a probability.");
    return bounded(std::log(share) - std::log1p(-share));
}

double embedded(std::span<const double> values, const LinearHead& head) {
    if (values.size() != head.weights.size())
        throw NoOpinion("It gave " + std::to_string(values.size()) + " numbers, and its head has " +
                        std::to_string(head.weights.size()) + " weights.");
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i] * head.weights[i];
        squares += values[i] * values[i];
    }
    return (head.normalised ? sum / std::max(std::sqrt(squares), 1e-12) : sum) + head.bias;
}

/// Log-odds of what the numbers say is high.
double high_of(std::span<const double> values, const ForeignOutput& output) {
    if (output.kind == OutputKind::Embedding)
        return embedded(values, *output.head);
    const bool pair = output.kind == OutputKind::Logits || output.kind == OutputKind::Probabilities;
    if (values.size() != (pair ? 2u : 1u))
        throw NoOpinion("It gave " + std::to_string(values.size()) + " numbers instead of " +
                        (pair ? "two." : "one."));
    switch (output.kind) {
        case OutputKind::Probability:
            return log_odds_of_share(values[0]);
        case OutputKind::Probabilities:
            if (std::abs(values[0] + values[1] - 1) > 0.01)
                throw NoOpinion("Its two probabilities do not add up to 1.");
            return log_odds_of_share(std::clamp(values[1] / (values[0] + values[1]), 0.0, 1.0));
        case OutputKind::Logits:
            return values[1] - values[0];
        case OutputKind::Logit:
        case OutputKind::Embedding:
            break;
    }
    return values[0];
}

}  // namespace

double log_odds_of(std::span<const double> values, const ForeignOutput& output) {
    if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
        throw NoOpinion("It gave a number that is not finite.");
    const double high = high_of(values, output);
    return bounded((output.fake == 1 ? high : -high) + output.offset);
}

double calibrated(double log_odds, const Logistic& calibration) {
    return bounded(calibration.slope * log_odds + calibration.bias);
}

double pooled(std::span<const ForeignAnswer> answers, Pool pool) {
    double sum = 0, most = -kMostLogOdds;
    for (const auto& answer : answers) {
        sum += answer.log_odds;
        most = std::max(most, answer.log_odds);
    }
    return pool == Pool::Max ? most
                             : sum / static_cast<double>(std::max<std::size_t>(answers.size(), 1));
}

std::unique_ptr<ForeignExpert> open_foreign_expert(const ForeignManifest& manifest,
                                                   const std::filesystem::path& folder) {
    return manifest.program ? open_program_expert(manifest, folder)
                            : open_onnx_expert(manifest, folder / manifest.model);
}

}  // namespace dfd
