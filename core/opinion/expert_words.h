// Names of experts for people. Plain C++.
#pragma once

#include <string>
#include <vector>

#include "core/opinion/opinion.h"

namespace dfd {

struct ExpertWords {
    std::string title;     ///< "JPEG traces 2"; the expert's own name if nothing is known
    std::string looks_at;  ///< one sentence; empty if nothing is known
};

/// From the experts' architectures, one for each, in order. Experts that share a title are numbered
/// from 1.
[[nodiscard]] std::vector<ExpertWords> expert_words(
    const std::vector<std::pair<std::string, std::string>>& names_and_architectures);

/// The same for experts with members `name` and `architecture`.
template <class Experts>
[[nodiscard]] std::vector<ExpertWords> words_for(const Experts& experts) {
    std::vector<std::pair<std::string, std::string>> known;
    for (const auto& expert : experts)
        known.emplace_back(expert.name, expert.architecture);
    return expert_words(known);
}

/// The opinion with titles in place of the experts' names, also in its gates and fusions; for
/// display only.
[[nodiscard]] PanelOpinion with_titles(PanelOpinion opinion);

/// Warnings of this opinion, in English and with the experts' own names as cases keep them, in the
/// language in use: with titles in the sentences about experts that do not count or looked at a
/// part. A sentence without a translation stays as it is.
[[nodiscard]] std::vector<std::string> with_titles(std::vector<std::string> warnings,
                                                   const PanelOpinion& opinion);

}  // namespace dfd
