#include "core/panel/foreign/foreign_expert.h"

#include <algorithm>
#include <cmath>

#include "core/base/cancelled.h"
#include "core/opinion/deletion.h"

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

/// Log-odds of what one number, or the second of a pair, says is high.
double high_of(std::span<const double> values, OutputKind kind) {
    switch (kind) {
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

double fake_of(double high, const Reading& reading) {
    return (reading.fake == 1 ? high : -high) + reading.offset;
}

/// Log-odds of "fake" at a place; kNotLookedAt where the numbers say nothing.
float of_place(std::span<const double> values, const Reading& reading) {
    if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
        return kNotLookedAt;
    try {
        const double fake = fake_of(high_of(values, reading.kind), reading);
        return static_cast<float>(std::clamp(fake, -kMostMapLogOdds, kMostMapLogOdds));
    } catch (const NoOpinion&) {
        return kNotLookedAt;
    }
}

/// The map with fewer cells, each the mean of what it covers.
ContributionMap reduced(const ContributionMap& map) {
    CellGrid grid;
    for (int r = 0; r <= std::min(map.rows, kMostMapCells); ++r)
        grid.row_edges.push_back(r);
    for (int c = 0; c <= std::min(map.columns, kMostMapCells); ++c)
        grid.column_edges.push_back(c);
    ContributionMap few{grid.rows(), grid.columns(), {}};
    for (const double mean : cell_importance(map, grid))
        few.values.push_back(static_cast<float>(mean));
    return few;
}

}  // namespace

std::vector<ForeignAnswer> ForeignExpert::answers(std::span<const View> views,
                                                  const std::stop_token& stop) {
    std::vector<ForeignAnswer> all;
    for (const auto& view : views) {
        check_stop(stop);
        all.push_back(answer(view, stop));
    }
    return all;
}

ContributionMap own_map(const MapNumbers& numbers, const ForeignMap& meaning) {
    const auto count =
        static_cast<std::size_t>(numbers.rows) * static_cast<std::size_t>(numbers.columns);
    const double least = log_odds_of_share(meaning.reliable_from);
    ContributionMap map{numbers.rows, numbers.columns, {}};
    for (std::size_t i = 0; i < count; ++i) {
        const double pair[] = {numbers.values[i], meaning.pair() ? numbers.values[count + i] : 0};
        float value = of_place(std::span(pair).first(meaning.pair() ? 2 : 1), meaning);
        if (!numbers.reliability.empty()) {
            const double given = numbers.reliability[i];
            if (!(meaning.reliability_is_logit ? given >= least : given >= meaning.reliable_from))
                value = kNotLookedAt;
        }
        map.values.push_back(value);
    }
    if (std::max(map.rows, map.columns) > kMostMapCells)
        map = reduced(map);
    const auto cells = static_cast<float>(map.values.size());
    for (auto& value : map.values)
        value /= cells;
    return map;
}

double log_odds_of(std::span<const double> values, const ForeignOutput& output) {
    if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
        throw NoOpinion("It gave a number that is not finite.");
    if (output.kind == OutputKind::Embedding)
        return bounded(fake_of(embedded(values, *output.head), output));
    if (values.size() != (output.pair() ? 2u : 1u))
        throw NoOpinion("It gave " + std::to_string(values.size()) + " numbers instead of " +
                        (output.pair() ? "two." : "one."));
    return bounded(fake_of(high_of(values, output.kind), output));
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
