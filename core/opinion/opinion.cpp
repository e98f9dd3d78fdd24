#include "core/opinion/opinion.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/opinion/bands.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

constexpr double kNoScore = std::numeric_limits<double>::quiet_NaN();

/// Bilinear. Between places that were looked at and others only the former count; not looked at
/// where the nearest place was not.
float sample_clamped(const HeatMap& map, double row, double column) {
    row = std::clamp(row, 0.0, map.rows - 1.0);
    column = std::clamp(column, 0.0, map.columns - 1.0);
    const int r0 = static_cast<int>(row), c0 = static_cast<int>(column);
    const int r1 = std::min(r0 + 1, map.rows - 1), c1 = std::min(c0 + 1, map.columns - 1);
    const double fr = row - r0, fc = column - c0;
    const auto at = [&](int r, int c) {
        return static_cast<double>(
            map.values[static_cast<size_t>(r) * static_cast<size_t>(map.columns) +
                       static_cast<size_t>(c)]);
    };
    const auto value = static_cast<float>((at(r0, c0) * (1 - fc) + at(r0, c1) * fc) * (1 - fr) +
                                          (at(r1, c0) * (1 - fc) + at(r1, c1) * fc) * fr);
    if (looked_at(value) || std::isnan(at(fr < 0.5 ? r0 : r1, fc < 0.5 ? c0 : c1)))
        return value;
    double sum = 0, total = 0;
    for (const auto& [r, r_share] : {std::pair{r0, 1 - fr}, {r1, fr}})
        for (const auto& [c, c_share] : {std::pair{c0, 1 - fc}, {c1, fc}})
            if (!std::isnan(at(r, c))) {
                sum += at(r, c) * r_share * c_share;
                total += r_share * c_share;
            }
    return static_cast<float>(sum / total);
}

struct Combined {
    double score = 0;
    double spread = 0;
    bool counts = false;  ///< whether any expert has a weight above 0
};

double log_odds_of(const ExpertOpinion& expert) {
    return expert.logits[1] - expert.logits[0];
}

/// Null when the fusion does not know the expert.
const FusedExpert* part_of(const Fusion& fusion, const ExpertOpinion& expert) {
    const auto found = std::ranges::find(fusion.experts, expert.name, &FusedExpert::expert);
    return found == fusion.experts.end() ? nullptr : &*found;
}

/// Combines the experts of one question and sets their `without`.
Combined combine_question(PanelOpinion& opinion, std::size_t question) {
    Combined result;
    auto& experts = opinion.experts;
    const auto* const fusion = fusion_of(opinion, question);
    const bool of_scores = opinion.combination == Combination::MeanOfScores;
    const auto in_question = [&](const ExpertOpinion& expert) {
        return expert.question == question && expert.available();
    };
    // Summed again for each expert: subtracting from the total could move a tie across the vote
    // threshold by a rounding error.
    const auto combined_without = [&](const ExpertOpinion* left_out) {
        double sum = 0, total = 0;
        if (fusion != nullptr) {
            for (const auto& expert : experts)
                if (in_question(expert) && &expert != left_out)
                    sum += part_of(*fusion, expert)->slope * log_odds_of(expert);
            result.counts = true;
            return fake_score({0, fusion->bias + sum});
        }
        for (const auto& expert : experts)
            if (in_question(expert) && &expert != left_out) {
                sum += counted(expert) * (of_scores ? expert.score : log_odds_of(expert));
                total += counted(expert);
            }
        result.counts = result.counts || total > 0;
        if (total == 0)
            return result.score;
        return of_scores ? sum / total : fake_score({0, sum / total});
    };
    result.score = combined_without(nullptr);
    double sum = 0, total = 0;
    for (auto& expert : experts)
        if (in_question(expert)) {
            sum += counted(expert) * expert.score;
            total += counted(expert);
            expert.without = combined_without(&expert);
        } else if (expert.question == question) {
            expert.without = result.score;
        }
    if (!result.counts)
        return result;
    const double mean = of_scores && fusion == nullptr ? result.score : sum / total;
    double squares = 0;
    for (const auto& expert : experts)
        if (in_question(expert))
            squares += counted(expert) * (expert.score - mean) * (expert.score - mean);
    result.spread = std::sqrt(squares / total);
    return result;
}

/// The question's experts that are not muted, how many of them are within their gates, and how many
/// lack the face that they were made for.
struct Counting {
    std::size_t experts = 0;
    std::size_t within = 0;
    std::size_t without_face = 0;
};
Counting counting_of(const PanelOpinion& opinion, std::size_t question) {
    Counting count;
    for (const auto& expert : opinion.experts)
        if (expert.question == question && expert.weight > 0) {
            ++count.experts;
            count.within += beyond_gate(opinion, expert) ? 0 : 1;
            count.without_face += expert.no_face ? 1 : 0;
        }
    return count;
}

/// Experts beyond their gates leave, unless no other of their question remains.
void leave(PanelOpinion& opinion) {
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        const bool others = counting_of(opinion, q).within > 0;
        for (auto& expert : opinion.experts)
            if (expert.question == q)
                expert.left = others && beyond_gate(opinion, expert);
    }
}

std::string no_fusion_sentence(const std::string& names, Combination combination) {
    const bool of_scores = combination == Combination::MeanOfScores;
    if (names.empty())
        return of_scores
                   ? say("The fusion does not combine the experts here, because not all of them "
                         "count as when it was fitted: the score is the mean of the scores of "
                         "those that count, by their weights.")
                   : say("The fusion does not combine the experts here, because not all of them "
                         "count as when it was fitted: the score is the mean of the log-odds of "
                         "those that count, by their weights.");
    return of_scores ? say("The fusion does not combine the experts here, because not all of them "
                           "count as when it was fitted (%1): the score is the mean of the scores "
                           "of those that count, by their weights.",
                           {names})
                     : say("The fusion does not combine the experts here, because not all of them "
                           "count as when it was fitted (%1): the score is the mean of the "
                           "log-odds of those that count, by their weights.",
                           {names});
}

}  // namespace

double fake_score(const std::array<double, 2>& logits) {
    return 1.0 / (1.0 + std::exp(logits[0] - logits[1]));
}

void set_unavailable(ExpertOpinion& expert, const std::string& why) {
    expert.failure = why;
    expert.logits = {kNoScore, kNoScore};
    expert.score = kNoScore;
    expert.weight = 0;
    expert.map.reset();
}

const Fusion* fusion_of(const PanelOpinion& opinion, std::size_t question) {
    if (!opinion.calibration || question >= opinion.calibration->size())
        return nullptr;
    const auto& fusion = (*opinion.calibration)[question].fusion;
    std::size_t known = 0;
    for (const auto& expert : opinion.experts)
        if (expert.question == question) {
            if (counted(expert) != 1 || part_of(fusion, expert) == nullptr)
                return nullptr;
            ++known;
        }
    return known > 0 && known == fusion.experts.size() ? &fusion : nullptr;
}

std::vector<std::string> fusion_sentences(const PanelOpinion& opinion) {
    std::vector<std::string> sentences;
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        if (!opinion.calibration || q >= opinion.calibration->size() || !is_answered(opinion, q) ||
            (*opinion.calibration)[q].fusion.experts.empty() || fusion_of(opinion, q) != nullptr)
            continue;
        std::vector<std::string> names;
        for (const auto& expert : opinion.experts)
            if (expert.question == q && counted(expert) != 1)
                names.push_back(expert.name);
        sentences.push_back(no_fusion_sentence(joined(names, ", "), opinion.combination));
    }
    return sentences;
}

double share_of_combination(const PanelOpinion& opinion, const ExpertOpinion& expert) {
    const auto* const fusion = fusion_of(opinion, expert.question);
    return fusion == nullptr ? counted(expert) : part_of(*fusion, expert)->slope;
}

void combine(PanelOpinion& opinion) {
    for (auto& expert : opinion.experts) {
        expert.score = fake_score(expert.logits);
        if (!expert.available())
            expert.weight = 0;
    }
    leave(opinion);
    opinion.leading = 0;
    if (opinion.answers.empty()) {
        const auto one = combine_question(opinion, 0);
        opinion.score = one.counts ? one.score : kNoScore;
        opinion.spread = one.spread;
        return;
    }
    for (std::size_t q = 0; q < opinion.answers.size(); ++q) {
        auto& answer = opinion.answers[q];
        const auto found = combine_question(opinion, q);
        answer.score = found.score;
        answer.spread = found.spread;
        answer.answered = found.counts;
    }
    const auto bands = measured_bands(opinion.calibration.get());
    const auto rank = [&](std::size_t q) {
        const auto& answer = opinion.answers[q];
        return std::tuple(answer.answered, answer.answered && out_of_scope(opinion, q).empty(),
                          rank_of(band_of(opinion, q, bands)), answer.score);
    };
    for (std::size_t q = 1; q < opinion.answers.size(); ++q)
        if (rank(q) > rank(opinion.leading))
            opinion.leading = q;
    lead(opinion, opinion.leading);
}

void combine(PanelOpinion& opinion, std::span<const double> weights) {
    if (weights.size() != opinion.experts.size())
        throw std::invalid_argument("There are " + std::to_string(weights.size()) +
                                    " weights for " + std::to_string(opinion.experts.size()) +
                                    " experts; give one for each.");
    if (!std::all_of(weights.begin(), weights.end(),
                     [](double weight) { return std::isfinite(weight) && weight >= 0; }))
        throw std::invalid_argument("A weight is negative or not a number; use 0 or more.");
    if (std::ranges::none_of(weights, [](double weight) { return weight > 0; }))
        throw std::invalid_argument("Every expert is muted; give at least one a weight above 0.");
    for (size_t i = 0; i < weights.size(); ++i)
        opinion.experts[i].weight = weights[i];
    combine(opinion);
}

bool is_reference_combination(const PanelOpinion& opinion) {
    return std::all_of(opinion.experts.begin(), opinion.experts.end(),
                       [](const ExpertOpinion& expert) { return expert.weight == 1; });
}

bool is_reference_combination(const PanelOpinion& opinion, std::size_t question) {
    return std::ranges::all_of(opinion.experts, [&](const ExpertOpinion& expert) {
        return expert.question != question || expert.weight == 1;
    });
}

bool is_answered(const PanelOpinion& opinion, std::size_t question) {
    if (!opinion.answers.empty())
        return opinion.answers.at(question).answered;
    return question == 0 && std::ranges::any_of(opinion.experts, [](const ExpertOpinion& expert) {
               return counted(expert) > 0;
           });
}

double score_of(const PanelOpinion& opinion, std::size_t question) {
    return opinion.answers.empty() ? opinion.score : opinion.answers.at(question).score;
}

std::size_t questions_of(const PanelOpinion& opinion) {
    return std::max<std::size_t>(opinion.answers.size(), 1);
}

PanelOpinion part(const PanelOpinion& opinion, std::size_t question) {
    if (question >= questions_of(opinion))
        throw std::out_of_range("The panel does not ask question " + std::to_string(question) +
                                ".");
    if (opinion.answers.empty())
        return opinion;
    PanelOpinion one;
    one.score = opinion.answers[question].score;
    one.spread = opinion.answers[question].spread;
    one.combination = opinion.combination;
    one.warnings = opinion.warnings;
    one.traits = opinion.traits;
    if (opinion.calibration && question < opinion.calibration->size())
        one.calibration = std::make_shared<const std::vector<AnswerCalibration>>(
            1, (*opinion.calibration)[question]);
    for (const auto& expert : opinion.experts)
        if (expert.question == question) {
            one.experts.push_back(expert);
            one.experts.back().question = 0;
        }
    return one;
}

bool beyond_gate(const PanelOpinion& opinion, const ExpertOpinion& expert) {
    if (expert.no_face)
        return true;
    if (!expert.distance || !opinion.calibration || expert.question >= opinion.calibration->size())
        return false;
    const auto& gates = (*opinion.calibration)[expert.question].gates;
    const auto gate = std::ranges::find(gates, expert.name, &ExpertGate::expert);
    return gate != gates.end() && *expert.distance > gate->limit;
}

std::vector<std::string> left_sentences(const PanelOpinion& opinion) {
    std::vector<std::string> sentences;
    for (const auto& expert : opinion.experts)
        if (expert.left)
            sentences.push_back(
                expert.no_face
                    ? say("The expert %1 does not count here: it was made for pictures of faces, "
                          "and no face was found.",
                          {expert.name})
                    : say("The expert %1 does not count here: what it sees is unlike the pictures "
                          "that the panel was measured on.",
                          {expert.name}));
    return sentences;
}

std::vector<OutOfScope> out_of_scope(const PanelOpinion& opinion, std::size_t question) {
    if (question >= questions_of(opinion))
        throw std::out_of_range("The panel does not ask question " + std::to_string(question) +
                                ".");
    if (!opinion.calibration || question >= opinion.calibration->size() ||
        !is_answered(opinion, question))
        return {};
    std::vector<OutOfScope> reasons;
    if (opinion.traits)
        reasons = exceeded(*opinion.traits, (*opinion.calibration)[question].scope);
    if (const auto count = counting_of(opinion, question); count.experts > 0 && count.within == 0)
        reasons.push_back(
            {kNoExpertLeft, count.without_face == count.experts
                                ? say("No face was found, and every expert that answers the "
                                      "question was made for pictures of faces.")
                            : count.experts == 1
                                ? say("To the only expert that answers the question, the picture "
                                      "is unlike those that the panel was measured on.")
                                : say("To every expert that answers the question, the picture is "
                                      "unlike those that the panel was measured on.")});
    return reasons;
}

AnswerFigures answer_figures(const PanelOpinion& opinion, std::size_t question) {
    if (question >= opinion.answers.size())
        return {opinion.score, opinion.spread,
                !std::isnan(opinion.score) && out_of_scope(opinion, opinion.leading).empty()};
    const auto& answer = opinion.answers[question];
    if (!answer.answered)
        return {};
    return {answer.score, answer.spread, out_of_scope(opinion, question).empty()};
}

bool no_assessment(const PanelOpinion& opinion) {
    bool answered = false;
    for (std::size_t q = 0; q < questions_of(opinion); ++q) {
        if (is_answered(opinion, q) && out_of_scope(opinion, q).empty())
            return false;
        answered = answered || is_answered(opinion, q);
    }
    return answered;
}

std::vector<OutOfScope> no_assessment_reasons(const PanelOpinion& opinion) {
    std::vector<OutOfScope> reasons;
    if (!no_assessment(opinion))
        return reasons;
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        for (auto& each : out_of_scope(opinion, q))
            if (is_answered(opinion, q) &&
                std::ranges::find(reasons, each.code, &OutOfScope::code) == reasons.end())
                reasons.push_back(std::move(each));
    return reasons;
}

std::optional<Assessment> assessment_of(const PanelOpinion& opinion, std::size_t question) {
    if (!opinion.calibration || question >= opinion.calibration->size() ||
        !is_answered(opinion, question) || !is_reference_combination(opinion, question))
        return std::nullopt;
    const auto& calibration = (*opinion.calibration)[question];
    if (calibration.alarms.empty() || !out_of_scope(opinion, question).empty())
        return std::nullopt;
    return assess(score_of(opinion, question), calibration);
}

std::string worth_sentence(const PanelOpinion& opinion, std::size_t question) {
    const auto assessment = assessment_of(opinion, question);
    if (!assessment)
        return {};
    if (opinion.answers.empty())
        return assessment_sentence(*assessment);
    const auto& answer = opinion.answers[question];
    return assessment_sentence(*assessment, answer.fake, answer.real);
}

void lead(PanelOpinion& opinion, std::size_t question) {
    if (opinion.answers.empty())
        return;
    const auto& answer = opinion.answers.at(question);
    opinion.leading = question;
    opinion.score = answer.answered ? answer.score : kNoScore;
    opinion.spread = answer.spread;
}

std::size_t nearest_answer(const PanelOpinion& opinion, double score) {
    const auto away = [&](std::size_t q) {
        return is_answered(opinion, q) ? std::abs(score_of(opinion, q) - score) : 2;
    };
    auto nearest = opinion.leading;
    for (std::size_t q = 0; q < questions_of(opinion); ++q)
        if (away(q) < away(nearest))
            nearest = q;
    return nearest;
}

void lead_as_recorded(PanelOpinion& opinion, double score, double spread) {
    opinion.leading = nearest_answer(opinion, score);
    opinion.score = score;
    opinion.spread = spread;
}

std::string leading_question(const PanelOpinion& opinion) {
    return opinion.answers.empty() ? std::string() : opinion.answers.at(opinion.leading).text;
}

HeatMap mean_map(const PanelOpinion& opinion, Unseen unseen) {
    HeatMap mean;
    double total = 0;
    for (const auto& expert : opinion.experts) {
        if (!expert.map || expert.question != opinion.leading)
            continue;
        total += share_of_combination(opinion, expert);
        mean.rows = std::max(mean.rows, expert.map->rows);
        mean.columns = std::max(mean.columns, expert.map->columns);
    }
    mean.values.assign(static_cast<size_t>(mean.rows) * static_cast<size_t>(mean.columns), 0.0f);
    std::vector<double> missing;  // weight of the experts that did not look at a place
    for (const auto& expert : opinion.experts) {
        const double share = share_of_combination(opinion, expert);
        if (!expert.map || expert.map->values.empty() || share == 0 ||
            expert.question != opinion.leading)
            continue;
        const auto& map = *expert.map;
        for (int r = 0, at = 0; r < mean.rows; ++r)
            for (int c = 0; c < mean.columns; ++c, ++at) {  // aligned by cell centres
                const auto cell = static_cast<size_t>(at);
                const float value = sample_clamped(map, (r + 0.5) * map.rows / mean.rows - 0.5,
                                                   (c + 0.5) * map.columns / mean.columns - 0.5);
                if (looked_at(value)) {
                    mean.values[cell] +=
                        value * static_cast<float>(share) / static_cast<float>(total);
                    continue;
                }
                missing.resize(mean.values.size());
                missing[cell] += share;
            }
    }
    for (size_t cell = 0; cell < missing.size(); ++cell)
        if (missing[cell] >= total * (1 - 1e-12))
            mean.values[cell] = kNotLookedAt;
        else if (missing[cell] > 0 && unseen == Unseen::LeftOut)
            mean.values[cell] *= static_cast<float>(total / (total - missing[cell]));
    return mean;
}

std::vector<std::string> looked_at_sentences(const PanelOpinion& opinion) {
    std::vector<std::string> sentences;
    std::vector<LookedAt> told;
    for (const auto& expert : opinion.experts) {
        if (!expert.looked_at || std::ranges::find(told, *expert.looked_at) != told.end())
            continue;
        const auto& looked = told.emplace_back(*expert.looked_at);
        std::vector<std::string> names;
        for (const auto& other : opinion.experts)
            if (other.looked_at == looked)
                names.push_back(other.name);
        const auto who = listed(names), size = std::to_string(looked.size);
        const auto share = formatted("%.*f", looked.share < 0.1 || looked.share > 0.99 ? 1 : 0,
                                     100 * looked.share);
        const auto windows = static_cast<std::size_t>(looked.windows);
        sentences.push_back(
            names.size() == 1
                ? say_count(windows,
                            "The expert %2 looked at %1 window of %3 pixels, %4 % of the picture.",
                            "The expert %2 looked at %1 windows of %3 pixels, %4 % of the picture.",
                            {who, size, share})
                : say_count(
                      windows,
                      "The experts %2 looked at %1 window of %3 pixels, %4 % of the picture.",
                      "The experts %2 looked at %1 windows of %3 pixels, %4 % of the picture.",
                      {who, size, share}));
    }
    return sentences;
}

}  // namespace dfd
