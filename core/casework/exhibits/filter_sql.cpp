#include "core/casework/exhibits/filter_sql.h"

#include <algorithm>
#include <vector>

#include "core/base/hexadecimal.h"
#include "core/casework/store/case_rows.h"
#include "core/casework/store/paths.h"
#include "core/casework/store/schema.h"

namespace dfd {
namespace {

// Each has a fixed number, whether it is used or not.
enum Parameter {
    kText = 2,
    kScoreFrom,
    kScoreTo,
    kSpreadFrom,
    kSpreadTo,
    kMark,
    kTag,
    kFolderStart,
    kFolderEnd,
    kDigestStart,
};

std::string placeholder(Parameter parameter) {
    return '?' + std::to_string(parameter);
}

struct Range {
    const std::optional<double>* value;
    std::string condition;
    Parameter parameter;
};

/// The bounds that are compared with the recorded score and spread.
std::vector<Range> ranges_of(const ExhibitFilter& filter) {
    if (filter.question)
        return {};
    return {{&filter.score_from, "r.score >= ", kScoreFrom},
            {&filter.score_to, "r.score <= ", kScoreTo},
            {&filter.spread_from, "r.spread >= ", kSpreadFrom},
            {&filter.spread_to, "r.spread <= ", kSpreadTo}};
}

bool could_be_digest(const std::string& text) {
    return text.size() >= 4 && text.size() <= 64 && is_hex(text);
}

/// "FOLDER/" without a doubled slash at its end.
std::string folder_start(const std::filesystem::path& folder) {
    auto start = whole_path(folder).native();
    if (!start.ends_with('/'))
        start += '/';
    return start;
}

}  // namespace

std::string state_sql(Database& database) {
    if (schema_version(database) < kScopesVersion)
        return "r.state";
    return "CASE WHEN r.state = " + std::to_string(kScoredState) +
           " AND EXISTS (SELECT 1 FROM scopes x WHERE x.result = r.id AND x.withheld = 1) THEN " +
           std::to_string(kWithheldState) + " ELSE r.state END";
}

std::string filter_sql(Database& database, const ExhibitFilter& filter) {
    std::string sql = " WHERE (e.sha256 IS NOT NULL OR e.copies > 0)";
    const auto require = [&sql](const std::string& condition) { sql += " AND " + condition; };
    if (!filter.text.empty()) {
        const auto text = placeholder(kText);
        require("(instr(e.path_text, " + text +
                ") > 0 OR e.id IN (SELECT exhibit FROM notes WHERE instr(lower(text), " + text +
                ") > 0)" +
                (could_be_digest(search_text(filter.text))
                     ? " OR lower(hex(e.sha256)) GLOB " + placeholder(kDigestStart)
                     : "") +
                ")");
    }
    const auto require_state = [&](int state) {
        require(state_sql(database) + " = " + std::to_string(state));
    };
    if (filter.score_from || filter.score_to || filter.spread_from || filter.spread_to)
        require_state(kScoredState);
    for (const auto& [value, condition, parameter] : ranges_of(filter))
        if (*value)
            require(condition + placeholder(parameter));
    if (filter.state == ExhibitState::Unscored)
        require("r.state IS NULL");
    else if (filter.state == ExhibitState::NoAssessment && filter.question)
        require("r.state = " + std::to_string(kScoredState));
    else if (filter.state)
        require_state(*filter.state == ExhibitState::Scored   ? kScoredState
                      : *filter.state == ExhibitState::Failed ? kFailedState
                                                              : kWithheldState);
    if (filter.mark)
        require("e.mark = " + placeholder(kMark));
    if (!filter.tag.empty())
        require("e.id IN (SELECT exhibit FROM carried_tags WHERE tag = " + placeholder(kTag) + ")");
    if (filter.warned)
        require(*filter.warned ? "r.warned = 1" : "coalesce(r.warned, 0) = 0");
    if (!filter.folder.empty())
        // Exhibits that are gone count where they were last seen.
        require("(e.id IN (SELECT exhibit FROM sightings WHERE current = 1 AND path >= " +
                placeholder(kFolderStart) + " AND path < " + placeholder(kFolderEnd) +
                ") OR (e.copies = 0 AND e.path >= " + placeholder(kFolderStart) + " AND e.path < " +
                placeholder(kFolderEnd) + "))");
    return sql;
}

void bind_filter(Statement& statement, ScorerId scorer, const ExhibitFilter& filter) {
    statement.bind(1, scorer);
    if (!filter.text.empty()) {
        const auto text = search_text(filter.text);
        statement.bind(kText, text);
        if (could_be_digest(text))
            statement.bind(kDigestStart, text + '*');
    }
    for (const auto& [value, condition, parameter] : ranges_of(filter))
        if (*value)
            statement.bind(parameter, **value);
    if (filter.mark)
        statement.bind(kMark, static_cast<int>(*filter.mark));
    if (!filter.tag.empty())
        statement.bind(kTag, filter.tag);
    if (!filter.folder.empty()) {
        auto start = folder_start(filter.folder);
        statement.bind(kFolderStart, as_bytes(start));
        // The next byte after the slash: the end of the range of paths in the folder.
        ++start.back();
        statement.bind(kFolderEnd, as_bytes(start));
    }
}

}  // namespace dfd
