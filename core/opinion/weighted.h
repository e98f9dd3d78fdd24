// Why a combination of experts is not the reference. Plain C++.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

/// Whether somebody muted or weighted an expert. One without an opinion does not count, but nobody
/// chose that.
[[nodiscard]] inline bool weighted_by_hand(const PanelOpinion& opinion) {
    return std::ranges::any_of(opinion.experts, [](const ExpertOpinion& expert) {
        return expert.available() && expert.weight != 1;
    });
}

/// Names of the experts without an opinion on the picture, in order.
[[nodiscard]] inline std::vector<std::string> without_opinion(const PanelOpinion& opinion) {
    std::vector<std::string> names;
    for (const auto& expert : opinion.experts)
        if (!expert.available())
            names.push_back(expert.name);
    return names;
}

}  // namespace dfd
