// An expert's opinion as a case recorded it.
// Internal to core/casework/exhibits.
#pragma once

#include <algorithm>

#include "core/casework/database/sqlite.h"
#include "core/opinion/opinion.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// From the columns expert, logit_real, logit_fake, score and without, which begin at `first`. The
/// name and architecture come from the panel.
[[nodiscard]] inline ExpertOpinion recorded_expert(const Statement& rows, int first,
                                                   const PanelRecord& panel) {
    ExpertOpinion expert;
    expert.index = rows.small(first);
    if (const auto at = static_cast<std::size_t>(expert.index); at < panel.experts.size()) {
        expert.name = panel.experts[at].name;
        expert.architecture = panel.experts[at].architecture;
        expert.map_layer = panel.experts[at].gradcam_layer;
        expert.question = panel.experts[at].question;
    }
    expert.logits = {rows.real(first + 1), rows.real(first + 2)};
    expert.score = rows.real(first + 3);
    expert.without = rows.real(first + 4);
    return expert;
}

/// Experts without an opinion on the picture are not recorded: puts them into their places. The
/// result's warnings say why.
inline void add_unavailable(const PanelRecord& panel, PanelOpinion& opinion) {
    if (opinion.experts.empty() || opinion.experts.size() == panel.experts.size())
        return;
    for (std::size_t at = 0; at < panel.experts.size(); ++at) {
        if (at < opinion.experts.size() && opinion.experts[at].index == static_cast<int>(at))
            continue;
        ExpertOpinion expert;
        expert.index = static_cast<int>(at);
        expert.name = panel.experts[at].name;
        expert.architecture = panel.experts[at].architecture;
        expert.question = panel.experts[at].question;
        set_unavailable(expert, "It had no opinion on this picture; the warnings say why.");
        opinion.experts.insert(opinion.experts.begin() + static_cast<std::ptrdiff_t>(at),
                               std::move(expert));
    }
}

/// Combines again what does not follow from the stored columns: the answers of several questions,
/// the experts that leave, and those without an opinion. Score and spread stay as recorded, and the
/// answer with that score leads.
inline void complete(PanelOpinion& opinion, double score, double spread) {
    if (!opinion.answers.empty() ||
        std::ranges::any_of(opinion.experts, [](const ExpertOpinion& expert) {
            return expert.distance.has_value() || expert.no_face || !expert.available();
        }))
        combine(opinion);
    lead_as_recorded(opinion, score, spread);
}

}  // namespace dfd
