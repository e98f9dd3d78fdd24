// Makes panel opinions with given scores.
#pragma once

#include <cmath>
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

}  // namespace dfd
