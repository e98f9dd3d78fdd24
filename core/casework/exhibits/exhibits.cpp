#include "core/casework/exhibits/exhibits.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/casework/exhibits/filter_sql.h"
#include "core/casework/exhibits/recorded_questions.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/store/case_rows.h"
#include "core/casework/store/choices.h"
#include "core/casework/store/paths.h"

namespace dfd {
namespace {

ExhibitState state_of(const Statement& row, int column) {
    if (row.is_null(column))
        return ExhibitState::Unscored;
    switch (row.integer(column)) {
        case kScoredState:
            return ExhibitState::Scored;
        case kWithheldState:
            return ExhibitState::NoAssessment;
        default:
            return ExhibitState::Failed;
    }
}

/// The exhibits that pass a filter, one after the other, with the shown scorer's results. The
/// caller holds the database's lock as long as it uses this.
class Listing {
  public:
    /// `end`: conditions that begin with AND, an order.
    Listing(const CaseFile& file, const std::string& columns, const ExhibitFilter& filter,
            const std::string& end = {})
        : file_(file),
          scorer_(shown_scorer(file)),
          filter_(filter),
          rows_(file.database().prepare("SELECT " + state_sql(file.database()) +
                                        ", r.score, r.id, r.spread, " + columns + kListTables +
                                        filter_sql(file.database(), filter) + end)) {
        bind_filter(rows_, scorer_, filter);
    }

    bool step() {
        while (rows_.step())
            if (takes())
                return true;
        return false;
    }
    [[nodiscard]] ExhibitState state() const {
        const auto recorded = state_of(rows_, 0);
        return filter_.question && recorded == ExhibitState::Scored && !answer().assessed
                   ? ExhibitState::NoAssessment
                   : recorded;
    }
    // Of a scored one, the filter's question or the one that leads:
    [[nodiscard]] double score() const { return filter_.question ? answer().score : rows_.real(1); }
    [[nodiscard]] double spread() const {
        return filter_.question ? answer().spread : rows_.real(3);
    }
    /// Without a question in the filter, 0 where every question has the same word for the score.
    [[nodiscard]] std::size_t question() const {
        return filter_.question
                   ? *filter_.question
                   : words().questions.of_word(rows_.integer(2), score(), words().bands);
    }
    [[nodiscard]] Band word() const { return band_of(score(), words().bands.of(question())); }

    [[nodiscard]] bool words_differ() const { return !words().bands.common(); }
    [[nodiscard]] std::int64_t integer(int column) const { return rows_.integer(column + kOwn); }

  private:
    static constexpr int kOwn = 4;  ///< columns before those that were asked for

    struct Words {
        RecordedQuestions questions;
        QuestionBands bands;
    };
    /// Read when they are first asked for.
    const Words& words() const {
        if (!words_)
            words_.emplace(RecordedQuestions(file_, scorer_), active_thresholds(file_).bands);
        return *words_;
    }

    /// To the filter's question.
    [[nodiscard]] AnswerFigures answer() const {
        const auto& answers = words().questions.answers(rows_.integer(2), rows_.real(1)).each;
        return *filter_.question < answers.size()
                   ? answers[*filter_.question]
                   : AnswerFigures{rows_.real(1), rows_.real(3), true};
    }
    [[nodiscard]] bool takes() const {
        const bool scored = state_of(rows_, 0) == ExhibitState::Scored;
        if (filter_.question && scored)
            return passes(answer(), filter_, words().bands);
        return !filter_.word || (scored && word() == *filter_.word);
    }

    const CaseFile& file_;
    ScorerId scorer_;
    ExhibitFilter filter_;
    mutable std::optional<Words> words_;
    Statement rows_;
};

/// Those with a score and an assessment.
std::string only_scored(const CaseFile& file) {
    return " AND " + state_sql(file.database()) + " = " + std::to_string(kScoredState);
}

struct Ranked {
    int word = -1;  ///< rank_of(); -1 without an assessed score
    double value = 0;
    ExhibitId id = 0;
};

/// By word, then by value; equal ones keep their order, and those without a score come last.
void sort_ranked(std::vector<Ranked>& ranked, bool descending) {
    std::ranges::stable_sort(ranked, [descending](const Ranked& a, const Ranked& b) {
        if (a.word < 0 || b.word < 0)
            return a.word >= 0 && b.word < 0;
        const auto place = [](const Ranked& each) { return std::pair(each.word, each.value); };
        return descending ? place(a) > place(b) : place(a) < place(b);
    });
}

std::string order_sql(ExhibitOrder order, bool descending, const std::string& state) {
    const std::string way = descending ? " DESC" : "";
    const std::string name = "e.path_key" + way + ", e.path" + way;
    switch (order) {
        case ExhibitOrder::Name:
            return name;
        case ExhibitOrder::Score:
            return "(" + state + " IS 1) DESC, r.score" + way + " NULLS LAST, e.path_key, e.path";
        case ExhibitOrder::Spread:
            return "(" + state + " IS 1) DESC, r.spread" + way + " NULLS LAST, e.path_key, e.path";
        case ExhibitOrder::Added:
            return "e.added" + way + ", e.id" + way;
        case ExhibitOrder::Modified:
            return "e.modified" + way + ", e.path_key, e.path";
        case ExhibitOrder::Size:
            return "e.bytes" + way + ", e.path_key, e.path";
    }
    return name;
}

}  // namespace

const char* state_name(ExhibitState state) {
    switch (state) {
        case ExhibitState::Scored:
            return to_say("scored");
        case ExhibitState::Failed:
            return to_say("failed");
        case ExhibitState::NoAssessment:
            return to_say("no assessment");
        case ExhibitState::Unscored:
            break;
    }
    return to_say("unscored");
}

const char* mark_name(Mark mark) {
    switch (mark) {
        case Mark::Suspicious:
            return to_say("suspicious");
        case Mark::Cleared:
            return to_say("cleared");
        case Mark::ToCheck:
            return to_say("to check");
        case Mark::None:
            break;
    }
    return "none";
}

std::vector<Scorer> scorers(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto rows = database.prepare(
        "SELECT s.id, s.name, s.digest, s.precision, s.preprocessing, s.starter, (SELECT count(*) "
        "FROM results r WHERE r.scorer = s.id AND r.current = 1) FROM scorers s ORDER BY s.id");
    std::vector<Scorer> found;
    while (rows.step())
        found.push_back({rows.integer(0), rows.text(1), rows.text(2), rows.text(3), rows.small(4),
                         rows.integer(5) != 0, rows.integer(6)});
    return found;
}

ScorerId shown_scorer(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    const auto chosen = read_choice(database, choice_keys::kScorer);
    auto& row = database.cached(
        "SELECT id FROM scorers WHERE digest || ' ' || precision || ' ' || preprocessing = ?1",
        chosen.value_or(""));
    return row.step() ? row.integer(0) : 0;
}

std::vector<ExhibitId> find_exhibits(const CaseFile& file, const ExhibitFilter& filter,
                                     ExhibitOrder order, bool descending) {
    const auto lock = file.database().lock();
    const bool by_figure = order == ExhibitOrder::Score || order == ExhibitOrder::Spread;
    const bool by_answer = filter.question && by_figure;
    Listing rows(
        file, "e.id", filter,
        " ORDER BY " + (by_answer ? order_sql(ExhibitOrder::Name, false, "")
                                  : order_sql(order, descending, state_sql(file.database()))));
    const bool by_word = !filter.question && order == ExhibitOrder::Score && rows.words_differ();
    std::vector<Ranked> ranked;
    while (rows.step()) {
        Ranked& next = ranked.emplace_back();
        next.id = rows.integer(0);
        if ((!by_word && !by_answer) || rows.state() != ExhibitState::Scored)
            continue;
        next.word = by_word ? rank_of(rows.word()) : 0;
        if (by_answer)
            next.value = order == ExhibitOrder::Score ? rows.score() : rows.spread();
    }
    if (by_word || by_answer)
        sort_ranked(ranked, descending);
    std::vector<ExhibitId> ids;
    ids.reserve(ranked.size());
    std::ranges::transform(ranked, std::back_inserter(ids), &Ranked::id);
    return ids;
}

std::vector<ExhibitRow> exhibit_rows(const CaseFile& file, std::span<const ExhibitId> ids) {
    auto& database = file.database();
    const auto lock = database.lock();
    const auto scorer = shown_scorer(file);
    const RecordedQuestions questions(file, scorer);
    auto& row = database.cached(
        "SELECT e.id, e.path, e.sha256, " + state_sql(database) +
        std::string(", r.score, r.spread, d.width, d.height, "
                    "e.bytes, e.modified, e.added, e.mark, r.warned, e.copies, r.failure, r.id") +
        kListTables + "LEFT JOIN decoded d ON d.exhibit = e.id WHERE e.id = ?2");
    std::vector<ExhibitRow> rows;
    rows.reserve(ids.size());
    for (const auto id : ids) {
        row.reset().bind_all(scorer, id);
        if (!row.step())
            continue;
        auto& exhibit = rows.emplace_back();
        exhibit.id = row.integer(0);
        exhibit.path = row.path(1);
        exhibit.sha256 = to_hex(row.blob(2));
        exhibit.state = state_of(row, 3);
        exhibit.score = row.real(4);
        exhibit.spread = row.real(5);
        exhibit.width = row.small(6);
        exhibit.height = row.small(7);
        exhibit.bytes = static_cast<std::uint64_t>(row.integer(8));
        exhibit.modified = row.integer(9);
        exhibit.added = row.integer(10);
        exhibit.mark = static_cast<Mark>(row.small(11));
        exhibit.warned = row.integer(12) != 0;
        exhibit.copies = row.small(13);
        exhibit.failure = row.text(14);
        if (exhibit.state == ExhibitState::Scored || exhibit.state == ExhibitState::NoAssessment) {
            const auto& known = questions.answers(row.integer(15), exhibit.score);
            exhibit.question = known.leading;
            exhibit.answers = known.each;
        }
    }
    return rows;
}

ExhibitId named_exhibit(const CaseFile& file, const std::string& name) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto& at = database.cached(
        "SELECT exhibit FROM sightings WHERE path = ?1 AND exhibit IS NOT NULL ORDER BY current "
        "DESC, id DESC LIMIT 1",
        as_bytes(whole_path(name).native()));
    if (at.step())
        return at.integer(0);
    // The last of an odd number of digits is not part of the range; it is compared below.
    const auto start = from_hex(name);
    const bool digits = name.size() >= 8 && name.size() <= 64 && start.size() == name.size() / 2;
    std::vector<ExhibitId> found;
    if (digits) {
        auto& rows = database.cached(
            "SELECT id, sha256 FROM exhibits WHERE sha256 >= ?1 ORDER BY sha256", start);
        while (found.size() < 2 && rows.step() &&
               to_hex(rows.blob(1)).starts_with(search_text(name).substr(0, 2 * start.size())))
            if (to_hex(rows.blob(1)).starts_with(search_text(name)))
                found.push_back(rows.integer(0));
    }
    if (found.empty())
        throw CaseError(
            "The case " + quoted(file.path()) + " has no exhibit " + quoted_name(name) +
            "; give a path, or at least 8 digits of a SHA-256 as printed by `dfd case list`.");
    if (found.size() > 1)
        throw CaseError("Several exhibits have a SHA-256 that begins with " + name +
                        "; give more digits.");
    return found.front();
}

void count_band(Band band, CaseCounts& counts) {
    switch (band) {
        case Band::LooksReal:
            ++counts.looks_real;
            break;
        case Band::Undecided:
            ++counts.undecided;
            break;
        case Band::LooksFake:
            ++counts.looks_fake;
            break;
        case Band::Unnamed:
            ++counts.unnamed;
            break;
        case Band::NoAssessment:
            break;
    }
}

CaseCounts count_exhibits(const CaseFile& file, const ExhibitFilter& filter) {
    const auto lock = file.database().lock();
    Listing rows(file, "r.warned, e.mark, e.copies", filter);
    CaseCounts counts;
    while (rows.step()) {
        ++counts.exhibits;
        counts.files += rows.integer(2);
        counts.gone += rows.integer(2) == 0 ? 1 : 0;
        counts.warned += rows.integer(0);
        switch (rows.state()) {
            case ExhibitState::Unscored:
                ++counts.unscored;
                break;
            case ExhibitState::Failed:
                ++counts.failed;
                break;
            case ExhibitState::Scored:
                ++counts.scored;
                count_band(rows.word(), counts);
                break;
            case ExhibitState::NoAssessment:
                ++counts.no_assessment;
                break;
        }
        switch (static_cast<Mark>(rows.integer(1))) {
            case Mark::None:
                break;
            case Mark::Suspicious:
                ++counts.suspicious;
                break;
            case Mark::Cleared:
                ++counts.cleared;
                break;
            case Mark::ToCheck:
                ++counts.to_check;
                break;
        }
    }
    return counts;
}

std::vector<std::int64_t> score_histogram(const CaseFile& file, const ExhibitFilter& filter,
                                          int bins) {
    std::vector<std::int64_t> histogram(static_cast<std::size_t>(std::max(bins, 1)));
    const auto lock = file.database().lock();
    Listing rows(file, "e.id", filter, only_scored(file));
    while (rows.step()) {
        if (rows.state() != ExhibitState::Scored)
            continue;
        const auto bin = static_cast<std::size_t>(std::clamp(rows.score(), 0.0, 1.0) *
                                                  static_cast<double>(histogram.size()));
        ++histogram[std::min(bin, histogram.size() - 1)];
    }
    return histogram;
}

std::vector<ScorePoint> score_points(const CaseFile& file, const ExhibitFilter& filter) {
    const auto lock = file.database().lock();
    Listing rows(file, "e.id", filter, only_scored(file));
    std::vector<ScorePoint> points;
    while (rows.step())
        if (rows.state() == ExhibitState::Scored)
            points.push_back({rows.integer(0), rows.score(), rows.spread(), rows.question()});
    return points;
}

std::vector<Question> shown_questions(const CaseFile& file) {
    const auto lock = file.database().lock();
    return RecordedQuestions(file, shown_scorer(file)).questions();
}

std::vector<FolderCount> case_folders(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto rows = database.prepare(
        "SELECT substr(path, 1, folder) AS f, count(DISTINCT exhibit) FROM sightings WHERE current "
        "= 1 AND exhibit IS NOT NULL GROUP BY f ORDER BY f");
    std::vector<FolderCount> folders;
    while (rows.step()) {
        const auto path = as_text(rows.blob(0));
        folders.push_back({path.empty() ? "/" : path, rows.integer(1)});
    }
    return folders;
}

std::vector<std::uint8_t> exhibit_thumbnail(const CaseFile& file, ExhibitId id) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto& row = database.cached("SELECT thumbnail FROM facts WHERE exhibit = ?1", id);
    return row.step() ? row.blob(0) : Blob();
}

}  // namespace dfd
