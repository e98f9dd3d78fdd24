#include "core/engine/studies/stability.h"

#include <algorithm>
#include <cmath>

#include "core/base/language.h"
#include "core/engine/scoring/variant_scores.h"

namespace dfd {
namespace {

/// The panel or one expert, whose scores of the versions are compared with the untouched picture's.
struct Voter {
    std::string name;
    bool panel = false;
    std::size_t expert = 0;

    [[nodiscard]] double score(const PanelOpinion& opinion) const {
        return panel ? opinion.score : opinion.experts[expert].score;
    }
};

std::vector<Voter> voters_of(const PanelOpinion& opinion) {
    std::vector<Voter> voters{{"panel", true, 0}};
    for (std::size_t i = 0; i < opinion.experts.size(); ++i)
        if (counted(opinion.experts[i]) > 0 && opinion.experts[i].question == opinion.leading)
            voters.push_back({opinion.experts[i].name, false, i});
    return voters;
}

struct Place {
    double amount = 0;
    double score = 0;
};

FlipPoint with_words(FlipPoint flip, const StabilityOperation& operation,
                     std::optional<double> amount) {
    const InEnglish english;
    flip.words = operation.words(amount);
    flip.pattern = operation.pattern(amount);
    flip.amount = amount_figure(amount.value_or(0));
    return flip;
}

/// Changes of side between neighbours on a scale.
void add_crossings(const StabilityOperation& operation, const Voter& voter,
                   const std::vector<Place>& curve, double threshold,
                   std::vector<FlipPoint>& flips) {
    for (std::size_t i = 1; i < curve.size(); ++i) {
        const auto& [lower, before] = curve[i - 1];
        const auto& [upper, after] = curve[i];
        if ((before >= threshold) == (after >= threshold))
            continue;
        const double at = lower + (upper - lower) * (threshold - before) / (after - before);
        flips.push_back(with_words({operation.name,
                                    voter.name,
                                    voter.panel,
                                    lower,
                                    upper,
                                    at,
                                    before >= threshold,
                                    after >= threshold,
                                    {}},
                                   operation, at));
    }
}

void add_flip_of_untouched(const StabilityOperation& operation, const Voter& voter,
                           std::optional<double> amount, double untouched, double altered,
                           double threshold, std::vector<FlipPoint>& flips) {
    if ((untouched >= threshold) != (altered >= threshold))
        flips.push_back(with_words({operation.name,
                                    voter.name,
                                    voter.panel,
                                    amount,
                                    amount,
                                    std::nullopt,
                                    untouched >= threshold,
                                    altered >= threshold,
                                    {}},
                                   operation, amount));
}

void add_flips(const Stability& stability, std::size_t index, const Voter& voter, double threshold,
               std::vector<FlipPoint>& flips) {
    const auto& operation = stability.operations[index];
    const double untouched = voter.score(stability.untouched);
    std::vector<Place> curve;
    for (const auto& point : stability.points) {
        if (point.operation != index)
            continue;
        const auto amount = stability.variant_of(point).amount;
        const double score = voter.score(point.opinion);
        if (std::isnan(score))
            continue;
        if (operation.ordered)
            curve.push_back({amount.value_or(0), score});
        else
            add_flip_of_untouched(operation, voter, amount, untouched, score, threshold, flips);
    }
    if (curve.empty())
        return;
    if (operation.neutral)
        curve.push_back({*operation.neutral, untouched});
    std::stable_sort(curve.begin(), curve.end(),
                     [](const Place& a, const Place& b) { return a.amount < b.amount; });
    add_crossings(operation, voter, curve, threshold, flips);
    if (!operation.neutral)  // the untouched picture lies beyond the highest quality
        add_flip_of_untouched(operation, voter, curve.back().amount, untouched, curve.back().score,
                              threshold, flips);
}

/// Copies an operation with all its points and skipped versions.
void append_operation(Stability& to, const Stability& from, std::size_t index) {
    const auto now = to.operations.size();
    const auto append = [&](const auto& list, auto& target) {
        for (auto each : list)
            if (each.operation == index) {
                each.operation = now;
                target.push_back(std::move(each));
            }
    };
    to.operations.push_back(from.operations[index]);
    append(from.points, to.points);
    append(from.skipped, to.skipped);
}

}  // namespace

std::size_t Stability::planned() const {
    std::size_t count = 0;
    for (const auto& operation : operations)
        count += operation.variants.size();
    return count;
}

Stability stability_of(const Pixels& picture, Evaluator& evaluator, const StabilityOptions& options,
                       const std::optional<PanelOpinion>& untouched,
                       const StabilityListener& listener, const std::stop_token& stop) {
    if (picture.empty())
        throw PictureError({failure_codes::kInternal,
                            to_say("The picture has no pixels; decode a picture first.")});
    Stability result;
    result.operations = options.operations;
    VariantOptions how;
    how.batch = options.batch;
    how.evaluate.everywhere = options.everywhere;
    result.untouched = untouched ? reference_of(*untouched)
                                 : score_variants(evaluator, {&picture, 1}, stop, {}, how).front();
    const auto notify = [&] {
        if (listener)
            listener(result);
    };
    notify();

    std::vector<std::pair<std::size_t, std::size_t>> plan;
    for (std::size_t o = 0; o < result.operations.size(); ++o)
        for (std::size_t v = 0; v < result.operations[o].variants.size(); ++v) {
            auto obstacle =
                alteration_problem(picture.width, picture.height,
                                   result.operations[o].variants[v].steps, options.most_pixels);
            if (obstacle.empty())
                plan.emplace_back(o, v);
            else
                result.skipped.push_back({o, v, std::move(obstacle)});
        }
    const auto make = [&](std::size_t index) {
        const auto& [o, v] = plan[index];
        return altered(picture, result.operations[o].variants[v].steps);
    };
    const auto take = [&](std::size_t index, const PanelOpinion& opinion) {
        result.points.push_back({plan[index].first, plan[index].second, opinion});
        lead(result.points.back().opinion, result.untouched.leading);
        notify();
    };
    try {
        (void)score_variants(evaluator, plan.size(), make, stop, take, how);
        result.complete = true;
    } catch (const Cancelled&) {
        // Keep what was finished.
    }
    return result;
}

Stability reweighed(Stability stability, std::span<const double> weights) {
    combine(stability.untouched, weights);
    for (auto& point : stability.points) {
        combine(point.opinion, weights);
        lead(point.opinion, stability.untouched.leading);
    }
    return stability;
}

Stability about(Stability stability, std::size_t question) {
    lead(stability.untouched, question);
    for (auto& point : stability.points)
        lead(point.opinion, question);
    return stability;
}

Stability joined(const Stability& known, const Stability& more) {
    Stability result;
    result.untouched = more.untouched;
    result.complete = known.complete && more.complete;
    const auto in_more = [&](const StabilityOperation& operation) {
        return std::ranges::find(more.operations, operation.name, &StabilityOperation::name) !=
               more.operations.end();
    };
    for (std::size_t i = 0; i < known.operations.size(); ++i)
        if (!in_more(known.operations[i]))
            append_operation(result, known, i);
    for (std::size_t i = 0; i < more.operations.size(); ++i)
        append_operation(result, more, i);
    return result;
}

Stability finished_part(const Stability& stability) {
    Stability part;
    part.untouched = stability.untouched;
    part.complete = true;
    for (std::size_t i = 0; i < stability.operations.size(); ++i) {
        const auto ended = std::ranges::count(stability.points, i, &StabilityPoint::operation) +
                           std::ranges::count(stability.skipped, i, &SkippedVariant::operation);
        if (ended == std::ssize(stability.operations[i].variants))
            append_operation(part, stability, i);
    }
    return part;
}

Firmness firmness_of(const Stability& stability, double threshold) {
    Firmness firmness;
    firmness.score = firmness.low = firmness.high = stability.untouched.score;
    firmness.threshold = threshold;
    firmness.question = stability.untouched.leading;
    if (std::isnan(firmness.score))
        return firmness;  // not answered
    const bool fake = firmness.score >= threshold;
    for (const auto& point : stability.points) {
        const double score = point.opinion.score;
        if (std::isnan(score))
            continue;  // no expert that counts has an opinion on this version
        const int left = (score >= threshold) != fake ? 1 : 0;
        ++firmness.versions;
        firmness.all_other_side += left;
        if (const auto& passage = stability.operations[point.operation].passage; !passage.empty())
            firmness.severe.push_back({passage, score});
        if (!stability.variant_of(point).ordinary)
            continue;
        ++firmness.ordinary;
        firmness.other_side += left;
        firmness.low = std::min(firmness.low, score);
        firmness.high = std::max(firmness.high, score);
    }
    for (const auto& voter : voters_of(stability.untouched))
        for (std::size_t i = 0; i < stability.operations.size(); ++i)
            add_flips(stability, i, voter, threshold, firmness.flips);
    return firmness;
}

}  // namespace dfd
