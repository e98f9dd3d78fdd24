#include "core/opinion/disagreement.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace dfd {
namespace {

using Experts = std::vector<const ExpertOpinion*>;

/// Binary entropy in bits.
double entropy(double p) {
    const auto part = [](double q) { return q > 0 ? -q * std::log2(q) : 0.0; };
    return part(p) + part(1 - p);
}

ScoreFigures figures_of(const Experts& experts, double threshold) {
    ScoreFigures figures;
    if (experts.empty())
        return figures;
    figures.experts = static_cast<int>(experts.size());
    figures.lowest = figures.highest = experts.front()->score;
    double total = 0, sum = 0, entropies = 0;
    for (const auto* expert : experts) {
        total += counted(*expert);
        sum += counted(*expert) * expert->score;
        entropies += counted(*expert) * entropy(expert->score);
        figures.lowest = std::min(figures.lowest, expert->score);
        figures.highest = std::max(figures.highest, expert->score);
        ++(expert->score >= threshold ? figures.fake_votes : figures.real_votes);
    }
    figures.range = figures.highest - figures.lowest;
    figures.mean = sum / total;
    double squares = 0;
    for (const auto* expert : experts)
        squares +=
            counted(*expert) * (expert->score - figures.mean) * (expert->score - figures.mean);
    figures.spread = std::sqrt(squares / total);
    // Mathematically in [0, 1] by concavity; clamped because of rounding.
    figures.mutual_information = std::clamp(entropy(figures.mean) - entropies / total, 0.0, 1.0);
    return figures;
}

}  // namespace

Disagreement disagreement_of(const PanelOpinion& opinion, double threshold) {
    Experts counting;
    for (const auto& expert : opinion.experts)
        if (counted(expert) > 0 && expert.question == opinion.leading)
            counting.push_back(&expert);
    Disagreement found;
    static_cast<ScoreFigures&>(found) = figures_of(counting, threshold);
    found.threshold = threshold;
    found.question = opinion.leading;
    if (counting.empty())
        return found;

    found.without_lowest = found.without_highest = counting.front()->without;
    for (const auto* expert : counting) {
        found.without_lowest = std::min(found.without_lowest, expert->without);
        found.without_highest = std::max(found.without_highest, expert->without);
        if ((expert->without >= threshold) != (opinion.score >= threshold))
            found.flipped_by.push_back(expert->name);
    }

    for (const auto* first : counting) {
        const auto& name = first->architecture;
        if (std::any_of(found.architectures.begin(), found.architectures.end(),
                        [&](const auto& known) { return known.architecture == name; }))
            continue;
        Experts group;
        std::copy_if(counting.begin(), counting.end(), std::back_inserter(group),
                     [&](const auto* expert) { return expert->architecture == name; });
        found.architectures.push_back({name, figures_of(group, threshold)});
    }
    return found;
}

Disagreement largest_disagreement(const PanelOpinion& opinion, double threshold) {
    if (opinion.answers.empty())
        return disagreement_of(opinion, threshold);
    std::optional<Disagreement> largest;
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        if (!out_of_scope(opinion, q).empty())
            continue;
        auto next = disagreement_of(part(opinion, q), threshold);
        if (!largest || next.mutual_information > largest->mutual_information) {
            largest = std::move(next);
            largest->question = q;
        }
    }
    Disagreement none;
    none.threshold = threshold;
    return largest.value_or(none);
}

}  // namespace dfd
