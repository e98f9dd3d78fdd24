// What a case's list shows of an exhibit, and what it says about it.
#pragma once

#include <QString>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/casework/exhibits/duplicates.h"
#include "core/casework/exhibits/exhibits.h"
#include "ui/list/row_content.h"

namespace dfd::ui {

struct CaseRow : ExhibitRow {
    QString tags;  ///< "beach, for court"; empty without one
};

/// Groups of pictures that look alike, by member.
struct LookAlikeIndex {
    std::vector<LookAlikes> groups;
    std::unordered_map<ExhibitId, std::size_t> group_of;

    /// Null if the exhibit has no look-alikes.
    [[nodiscard]] const LookAlikes* find(ExhibitId id) const {
        const auto found = group_of.find(id);
        return found == group_of.end() ? nullptr : &groups[found->second];
    }
};

/// "Another exhibit looks like this one. Scores from 0.12 to 0.81: judged differently."
[[nodiscard]] QString look_alikes_text(const LookAlikes& group);

/// Icon name of a mark; empty for no mark.
[[nodiscard]] QString mark_icon(Mark mark);

/// What rows of a case have in common.
struct CaseAsked {
    QuestionBands bands;
    std::vector<RowQuestion> questions;  ///< none for a panel that asks one
    std::optional<std::size_t> chosen;   ///< of them; nothing: of each exhibit, the one that leads
};

/// The figures of the answer that the row shows; not assessed where it has none.
[[nodiscard]] AnswerFigures shown_figures(const CaseRow& row, const CaseAsked& asked);
/// The thresholds of the question that it answers.
[[nodiscard]] const BandThresholds& shown_thresholds(const CaseRow& row, const CaseAsked& asked);
/// `alike`: its look-alikes, or null.
[[nodiscard]] RowContent content_of(const CaseRow& row, const CaseAsked& asked,
                                    const LookAlikes* alike);

}  // namespace dfd::ui
