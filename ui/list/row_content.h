// What every list of pictures tells about a row, whichever model it comes from: roles and texts.
#pragma once

#include <QString>
#include <QStringList>
#include <Qt>
#include <optional>
#include <vector>

#include "core/opinion/bands.h"

namespace dfd::ui {

/// The roles of the models, besides Qt's own; the thumbnail is Qt::DecorationRole, a QImage. "The
/// answer that is shown" is that to the chosen question, else the one that leads.
struct RowRole {
    enum : int {
        Id = Qt::UserRole + 1,  ///< ListedId in the list, ExhibitId in a case
        Content,                ///< RowContent; invalid until the row has been read
        Score,                  ///< double, of the answer that is shown; invalid unless assessed
        Word,                   ///< int(rank_of(its word)), likewise
        Spread,                 ///< double, likewise
        Added,                  ///< ListedId: increases in order of adding; in the list
        Folder,                 ///< QString; in the list
        Mark,                   ///< int(dfd::Mark), invalid until read; in a case
    };
};

struct RowQuestion {
    QString name;  ///< short: "Generated"; empty for a panel that asks one
    QString text;  ///< "Made by a generator?", likewise
    bool operator==(const RowQuestion&) const = default;
};
[[nodiscard]] std::vector<RowQuestion> row_questions(const std::vector<Question>& questions);

struct RowAnswer {
    RowQuestion question;
    QString word;                 ///< "looks fake", "no assessment", "not answered"
    std::optional<double> score;  ///< none without an assessment
    double spread = 0;
    BandThresholds thresholds;
    /// The score with two decimals, or the word where there is none.
    [[nodiscard]] QString figure() const;
};
/// `score`: NaN when the question is not answered. `assessed`: the picture is of the kinds that
/// were measured.
[[nodiscard]] RowAnswer row_answer(const RowQuestion& question, double score, double spread,
                                   bool assessed, const BandThresholds& thresholds);

struct RowBadge {
    QString icon;
    bool is_warning = false;
};

struct RowContent {
    QString name;
    QString path;                    ///< the whole of it
    QString state;                   ///< "Waiting"; shown where there is no answer
    QString failure;                 ///< the sentence when it failed
    std::vector<RowAnswer> answers;  ///< one for each question; none before it is scored
    std::size_t shown = 0;           ///< which of them the row shows
    bool chosen = false;             ///< somebody chose the question: rows need not name it
    bool missing = false;            ///< its file is gone
    QString placeholder_icon;        ///< icon name, shown while there is no thumbnail
    QString corner_icon;             ///< icon name over the thumbnail; empty for none
    std::vector<RowBadge> badges;    ///< right-aligned, after the name
    QString mark, tags;              ///< in words; empty for none
    QStringList details;             ///< further lines of the tool tip
    QStringList remarks;             ///< the same in short, for screen readers

    /// The answer that is shown, or null.
    [[nodiscard]] const RowAnswer* answer() const {
        return shown < answers.size() ? &answers[shown] : nullptr;
    }
    [[nodiscard]] bool names_question() const {
        return answers.size() > 1 && answer() != nullptr && !chosen;
    }
    /// "looks fake", or the state.
    [[nodiscard]] QString word() const;
    /// "looks fake, spread 0.12"; "looks fake · Generated" where the row names its question; why it
    /// failed; the state.
    [[nodiscard]] QString subtitle() const;
    /// Path, failure, all answers and the details, a line each.
    [[nodiscard]] QString tool_tip() const;
    /// For screen readers, and for the list's filter: "a.png, Generated, looks fake, score 0.93,
    /// spread 0.12, Edited 0.24, tagged court".
    [[nodiscard]] QString spoken() const;
};

}  // namespace dfd::ui
