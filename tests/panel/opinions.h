// Makes panel opinions with given scores.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// The combined opinion of experts "a", "b", ... with these scores, each between 0 and 1.
inline PanelOpinion of_scores(const std::vector<double>& scores) {
    PanelOpinion opinion;
    for (const double score : scores) {
        auto& expert = opinion.experts.emplace_back();
        expert.name = std::string(1, static_cast<char>('a' + opinion.experts.size() - 1));
        expert.logits = {0.0, std::log(score / (1 - score))};
    }
    combine(opinion);
    return opinion;
}

/// The same for a panel that asks "One?", "Two?", ...: the experts' scores by question.
inline PanelOpinion of_answers(const std::vector<std::vector<double>>& questions) {
    PanelOpinion opinion;
    const char* const words[] = {"One", "Two", "Three"};
    for (const auto& scores : questions) {
        const auto question = opinion.answers.size();
        auto& answer = opinion.answers.emplace_back();
        answer.id = std::string(1, static_cast<char>('p' + question));
        answer.text = std::string(words[question]) + "?";
        answer.fake = "It is edited or generated.";
        answer.real = "It is untouched.";
        for (auto expert : of_scores(scores).experts) {
            expert.index = static_cast<int>(opinion.experts.size());
            expert.name = std::string(1, static_cast<char>('a' + opinion.experts.size()));
            expert.question = question;
            opinion.experts.push_back(expert);
        }
    }
    combine(opinion);
    return opinion;
}

/// The same as `of_scores`, combined by a fusion: +0.50 + 2.00 x the first expert + 0.25 x each
/// other.
inline PanelOpinion of_fusion(const std::vector<double>& scores) {
    auto opinion = of_scores(scores);
    opinion.combination = Combination::MeanOfLogOdds;
    AnswerCalibration calibration;
    calibration.bound = 1;
    calibration.alarms = {{0, 1, 1, 1}};
    calibration.fusion.bias = 0.5;
    for (const auto& expert : opinion.experts)
        calibration.fusion.experts.push_back(
            {expert.name, calibration.fusion.experts.empty() ? 2.0 : 0.25});
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    combine(opinion);
    return opinion;
}

}  // namespace dfd
