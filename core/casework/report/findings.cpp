#include "core/casework/report/findings.h"

#include <algorithm>
#include <functional>

#include "core/base/language.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/record_json.h"
#include "core/casework/report/exhibit_section.h"
#include "core/casework/report/report_text.h"

namespace dfd {
namespace {

/// Facts with such a statement, as `facts_text` writes them; inside a JSON string, quotes differ.
constexpr const char* kDeclaring = "instr(facts, '\"declares_generated\":true') > 0";

/// Empty if the file states nothing of that kind, or if it was not recorded.
std::string statement_of(const CaseFile& file, ExhibitId id) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto& row = database.cached(
        std::string("SELECT facts FROM facts WHERE exhibit = ?1 AND ") + kDeclaring, id);
    if (!row.step())
        return {};
    for (const auto& hint : facts_of(row.text(0)).provenance)
        if (hint.declares_generated)
            return hint.sentence;
    return {};
}

}  // namespace

std::string declared_words(std::int64_t files) {
    return say_count(static_cast<std::size_t>(files),
                     "%2 file states itself that a generator made it",
                     "%2 files state themselves that a generator made them", {count_text(files)});
}

std::vector<ExhibitId> declaring_exhibits(const CaseFile& file) {
    auto& database = file.database();
    const auto lock = database.lock();
    auto rows = database.prepare(std::string("SELECT exhibit FROM facts WHERE ") + kDeclaring +
                                 " ORDER BY exhibit");
    std::vector<ExhibitId> ids;
    while (rows.step())
        ids.push_back(rows.integer(0));
    return ids;
}

void Findings::take(const ExhibitRow& row, std::int64_t number) {
    const auto add = [&](Kind& kind, std::string statement = {}) {
        ++kind.all;
        if (kind.named.size() < kNamedFindings)
            kind.named.push_back({row, number, std::move(statement)});
    };
    if (auto statement = statement_of(file_, row.id); !statement.empty())
        add(declared_, std::move(statement));
    if (row.mark == Mark::Suspicious)
        add(suspicious_);
    if (row.state != ExhibitState::Scored)
        return;
    const auto band = band_of(row.score, bands_.of(row.question));
    unnamed_ += band == Band::Unnamed ? 1 : 0;
    if (band != Band::LooksFake)
        return;
    ++looks_fake_.all;
    auto& highest = looks_fake_.named;  // the largest score first
    const auto at = std::ranges::upper_bound(highest, row.score, std::greater<>(),
                                             [](const Finding& each) { return each.row.score; });
    highest.insert(at, {row, number, {}});
    if (highest.size() > kNamedFindings)
        highest.pop_back();
}

ReportTable Findings::table_of(const Kind& kind, bool statements) const {
    ReportTable table;
    table.columns = {{say("No."), 0.6, true},
                     {say("File"), 3},
                     {say("Score"), 0.8, true},
                     {say("Result"), 1.6},
                     {say("Mark"), 1.2}};
    if (statements)
        table.columns.push_back({say("The file states"), 4});
    for (const auto& [row, number, statement] : kind.named) {
        const auto outcome = outcome_of(row, bands_);
        ReportRow line;
        line.cells = {count_text(number), report_line(row.path.filename().native()),
                      row.state == ExhibitState::Scored
                          ? score_figure(row.score, bands_.of(row.question))
                          : "",
                      outcome.words, mark_words(row.mark)};
        if (statements)
            line.cells.push_back(report_line(say_again(statement)));
        line.tone = outcome.tone;
        line.toned = 3;
        line.target = exhibit_anchor(row.id);
        table.rows.push_back(std::move(line));
    }
    return table;
}

void Findings::add_to(ReportSection& cover, const std::string& caution) const {
    auto& blocks = cover.blocks;
    blocks.emplace_back(ReportHeading{say("What was found")});
    if (!caution.empty())
        blocks.emplace_back(ReportParagraph{caution, ReportTone::Warning});
    // `some` says which ones are named when there are more.
    const auto add = [&](const Kind& kind, const std::string& words, const char* some,
                         bool statements) {
        if (kind.all == 0)
            return;
        const bool whole = kind.named.size() == static_cast<std::size_t>(kind.all);
        const auto named = count_text(static_cast<std::int64_t>(kind.named.size()));
        blocks.emplace_back(ReportParagraph{words + (whole ? ":" : ". " + say(some, {named}))});
        blocks.emplace_back(table_of(kind, statements));
    };
    add(declared_, declared_words(declared_.all), to_say("The first %1:"), true);
    add(looks_fake_,
        say_count(static_cast<std::size_t>(looks_fake_.all), "%2 exhibit looks fake",
                  "%2 exhibits look fake", {count_text(looks_fake_.all)}),
        to_say("The highest %1:"), false);
    add(suspicious_,
        say_count(static_cast<std::size_t>(suspicious_.all), "%2 exhibit is marked suspicious",
                  "%2 exhibits are marked suspicious", {count_text(suspicious_.all)}),
        to_say("The first %1:"), false);
    if (declared_.all + looks_fake_.all + suspicious_.all == 0)
        blocks.emplace_back(ReportParagraph{
            say("No file states that a generator made it, no exhibit looks fake, and none is "
                "marked suspicious. That does not show that the pictures are real.")});
    if (unnamed_ > 0)
        blocks.emplace_back(ReportParagraph{
            say_count(static_cast<std::size_t>(unnamed_),
                      "%2 score has no word, because nobody measured what scores of the panel are "
                      "worth.",
                      "%2 scores have no word, because nobody measured what scores of the panel "
                      "are worth.",
                      {count_text(unnamed_)})});
}

}  // namespace dfd
