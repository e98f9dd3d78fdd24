#include "core/opinion/agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "core/base/language.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

std::vector<std::size_t> indices_below(std::size_t count) {
    std::vector<std::size_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    return numbers;
}

/// Deviations from the mean, scaled to unit length. Empty when all values are equal.
std::vector<double> unit_deviations(std::vector<double> values) {
    const double count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (auto& value : values) {
        value -= mean;
        squares += value * value;
    }
    if (!(squares > 0))
        return {};
    for (auto& value : values)
        value /= std::sqrt(squares);
    return values;
}

}  // namespace

std::vector<double> ranks_of(const std::vector<double>& values) {
    auto order = indices_below(values.size());
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t first = 0; first < order.size();) {
        std::size_t end = first + 1;
        while (end < order.size() && values[order[end]] == values[order[first]])
            ++end;
        const double rank = (static_cast<double>(first + 1) + static_cast<double>(end)) / 2;
        for (; first < end; ++first)
            ranks[order[first]] = rank;
    }
    return ranks;
}

AgreementTable::AgreementTable(std::vector<std::string> experts, double threshold)
    : experts_(std::move(experts)),
      threshold_(threshold),
      scores_(experts_.size()),
      left_out_(experts_.size()) {}

std::size_t AgreementTable::add(const PanelOpinion& opinion) {
    const bool same = std::equal(
        opinion.experts.begin(), opinion.experts.end(), experts_.begin(), experts_.end(),
        [](const ExpertOpinion& expert, const std::string& name) { return expert.name == name; });
    if (!same)
        throw std::invalid_argument(
            "The opinions are not from the same experts; compare pictures that were scored by one "
            "panel.");
    for (std::size_t i = 0; i < experts_.size(); ++i) {
        const auto& expert = opinion.experts[i];
        const bool out =
            expert.available() && (expert.left || !out_of_scope(opinion, expert.question).empty());
        left_out_[i] += out ? 1 : 0;
        scores_[i].push_back(out ? std::numeric_limits<double>::quiet_NaN() : expert.score);
    }
    if (questions_.empty())
        for (const auto& expert : opinion.experts)
            questions_.push_back(expert.question);
    disputes_.push_back(largest_disagreement(opinion, threshold_).mutual_information);
    return disputes_.size() - 1;
}

std::string left_out_sentence(const AgreementTable& table, std::span<const std::string> names) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < table.experts().size(); ++i)
        if (const auto count = table.left_out()[i]; count > 0)
            parts.push_back(say("%1 on %2", {names[i], std::to_string(count)}));
    return parts.empty()
               ? std::string()
               : say_count(table.pictures(),
                           "Left out, because the panel was not measured on such pictures: %2 of "
                           "%1 picture.",
                           "Left out, because the panel was not measured on such pictures: %2 of "
                           "%1 pictures.",
                           {listed(parts)});
}

AgreementMatrix AgreementTable::matrix() const {
    const std::size_t count = experts_.size();
    AgreementMatrix matrix;
    matrix.pictures = pictures();
    matrix.rank_correlation.assign(count, std::vector<std::optional<double>>(count));
    matrix.flips.assign(count, std::vector<double>(count, 0.0));
    const auto missing = [](double score) { return std::isnan(score); };
    std::vector<std::vector<double>> ranks;
    std::vector<bool> complete;
    for (const auto& scores : scores_) {
        complete.push_back(std::ranges::none_of(scores, missing));
        ranks.push_back(complete.back() ? unit_deviations(ranks_of(scores))
                                        : std::vector<double>());
    }
    // The same of the pictures on which both have an opinion.
    const auto common = [&](std::size_t a, std::size_t b) {
        std::vector<double> of_a;
        for (std::size_t picture = 0; picture < pictures(); ++picture)
            if (!missing(scores_[a][picture]) && !missing(scores_[b][picture]))
                of_a.push_back(scores_[a][picture]);
        return unit_deviations(ranks_of(of_a));
    };
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = a; b < count; ++b) {
            if (!questions_.empty() && questions_[a] != questions_[b]) {
                matrix.flips[a][b] = matrix.flips[b][a] = std::numeric_limits<double>::quiet_NaN();
                continue;
            }
            const bool both = complete[a] && complete[b];
            const auto ranks_a = both ? ranks[a] : common(a, b);
            const auto ranks_b = both ? ranks[b] : common(b, a);
            if (!ranks_a.empty() && !ranks_b.empty()) {
                const double product =
                    std::inner_product(ranks_a.begin(), ranks_a.end(), ranks_b.begin(), 0.0);
                matrix.rank_correlation[a][b] = matrix.rank_correlation[b][a] =
                    a == b ? 1.0 : std::clamp(product, -1.0, 1.0);
            }
            std::size_t shared = 0;
            for (std::size_t picture = 0; picture < pictures(); ++picture)
                shared += !missing(scores_[a][picture]) && !missing(scores_[b][picture]) ? 1 : 0;
            if (shared > 0)
                matrix.flips[a][b] = matrix.flips[b][a] =
                    static_cast<double>(pictures_on_different_sides(a, b).size()) /
                    static_cast<double>(shared);
        }
    return matrix;
}

std::vector<std::size_t> AgreementTable::pictures_on_different_sides(std::size_t one,
                                                                     std::size_t other) const {
    if (one >= experts_.size() || other >= experts_.size())
        throw std::out_of_range("The panel has no expert with that index.");
    std::vector<std::size_t> found;
    for (std::size_t picture = 0; picture < pictures(); ++picture)
        if (!std::isnan(scores_[one][picture]) && !std::isnan(scores_[other][picture]) &&
            fake(one, picture) != fake(other, picture))
            found.push_back(picture);
    return found;
}

std::vector<std::size_t> AgreementTable::most_disputed(std::size_t most) const {
    auto order = indices_below(pictures());
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(most, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
        return disputes_[a] != disputes_[b] ? disputes_[a] > disputes_[b] : a < b;
    });
    order.erase(end, order.end());
    return order;
}

}  // namespace dfd
