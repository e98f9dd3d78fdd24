#include "core/casework/report/case_report.h"

#include <algorithm>

#include "core/base/cancelled.h"
#include "core/base/language.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/calibration_section.h"
#include "core/casework/report/exhibit_section.h"
#include "core/casework/report/findings.h"
#include "core/casework/report/report_text.h"
#include "core/casework/store/audit_log.h"
#include "core/casework/store/interrupted_scans.h"
#include "core/opinion/limits.h"
#include "core/panel/combination_words.h"

namespace dfd {
namespace {

constexpr std::size_t kRowsAtOnce = 256;

/// Reads the rows of all ids in batches.
template <class Take>
void each_row(const CaseFile& file, std::span<const ExhibitId> ids, const std::stop_token& stop,
              Take&& take) {
    for (std::size_t at = 0; at < ids.size(); at += kRowsAtOnce) {
        check_stop(stop);
        for (const auto& row :
             exhibit_rows(file, ids.subspan(at, std::min(kRowsAtOnce, ids.size() - at))))
            take(row);
    }
}

/// Counts as count_exhibits() does, over rows that are already read.
void count(const ExhibitRow& row, const QuestionBands& bands, CaseCounts& counts) {
    ++counts.exhibits;
    counts.files += row.copies;
    counts.gone += row.copies == 0 ? 1 : 0;
    counts.warned += row.warned ? 1 : 0;
    counts.unscored += row.state == ExhibitState::Unscored ? 1 : 0;
    counts.failed += row.state == ExhibitState::Failed ? 1 : 0;
    counts.no_assessment += row.state == ExhibitState::NoAssessment ? 1 : 0;
    if (row.state == ExhibitState::Scored) {
        ++counts.scored;
        count_band(band_of(row.score, bands.of(row.question)), counts);
    }
    counts.suspicious += row.mark == Mark::Suspicious ? 1 : 0;
    counts.cleared += row.mark == Mark::Cleared ? 1 : 0;
    counts.to_check += row.mark == Mark::ToCheck ? 1 : 0;
}

ReportTable counts_table(const CaseCounts& here, const CaseCounts& all) {
    ReportTable table;
    table.columns = {{"", 3}, {say("In this report"), 1, true}, {say("In the case"), 1, true}};
    const auto row = [&](const std::string& name, std::int64_t CaseCounts::*which,
                         ReportTone tone = ReportTone::Plain) {
        table.rows.push_back(
            {{name, count_text(here.*which), count_text(all.*which)}, tone, 0, {}});
    };
    row(say("Exhibits"), &CaseCounts::exhibits);
    row(say("Scored"), &CaseCounts::scored);
    row(say("Could not be examined"), &CaseCounts::failed);
    row(say("Not scored"), &CaseCounts::unscored);
    row(say("No assessment"), &CaseCounts::no_assessment);
    row(say("Band \u201Clooks fake\u201D"), &CaseCounts::looks_fake, ReportTone::Fake);
    row(say("Band \u201Cundecided\u201D"), &CaseCounts::undecided, ReportTone::Undecided);
    row(say("Band \u201Clooks real\u201D"), &CaseCounts::looks_real, ReportTone::Real);
    row(say("Not calibrated"), &CaseCounts::unnamed);
    row(say("With warnings"), &CaseCounts::warned);
    row(say("Files no longer present"), &CaseCounts::gone);
    row(say("Marked suspicious"), &CaseCounts::suspicious);
    row(say("Marked to check"), &CaseCounts::to_check);
    row(say("Marked cleared"), &CaseCounts::cleared);
    return table;
}

ReportTable weights_table() {
    ReportTable weights;
    weights.columns = {{say("Expert"), 1.1},
                       {say("Architecture"), 1},
                       {say("Weights, SHA-256"), 3.6, false, true}};
    return weights;
}

void add_weights(const PanelRecord& panel, ReportTable& weights) {
    for (const auto& expert : panel.experts)
        weights.rows.push_back({{report_line(expert.name), report_line(expert.architecture),
                                 report_line(expert.sha256)},
                                ReportTone::Plain,
                                SIZE_MAX,
                                {}});
}

std::string panel_title(const PanelRecord& panel) {
    const auto title =
        report_line(panel.title.empty() ? panel.name : say(panel.title)) + calibration_note(panel);
    return panel.starter ? say("%1 (bundled starter panel)", {title}) : title;
}

/// What a panel is made for and where it comes from.
void add_nature(const PanelRecord& panel, ReportFacts& facts) {
    const auto combination = say(combination_words(panel));
    facts.facts.push_back(
        {say("Combined by"),
         panel.subject.empty()
             ? say("%1; made for any picture", {combination})
             : say("%1; made for %2", {combination, say(report_line(panel.subject))})});
    facts.facts.push_back({say("Licence"), report_line(panel.licence)});
    facts.facts.push_back({say("Origin"), report_text(say(panel.origin))});
}

void add_panels(const CaseFile& file, ReportSection& cover) {
    cover.blocks.emplace_back(ReportHeading{say("Panels")});
    const auto all = scorers(file);
    const auto shown = shown_scorer(file);
    if (all.empty())
        cover.blocks.emplace_back(
            ReportParagraph{say("Nothing in this case has been scored."), ReportTone::Quiet});
    ReportTable weights = weights_table();
    for (const auto& scorer : all) {
        const auto by = recorded_scorer(file, scorer.id);
        ReportFacts facts;
        facts.facts = {
            {scorer.id == shown ? say("Shown here") : say("Also scored with"),
             panel_title(by.panel)},
            {say("Name"), say("%1, %2 results in the case",
                              {report_line(scorer.panel), count_text(scorer.results)})},
            {say("Panel digest"), scorer.digest, true},
            {say("Computed in"),
             by.panel.ema ? say("%1, preprocessing version %2; weights are moving averages (EMA)",
                                {scorer.precision, std::to_string(scorer.preprocessing)})
                          : say("%1, preprocessing version %2; weights are raw, no EMA",
                                {scorer.precision, std::to_string(scorer.preprocessing)})}};
        add_nature(by.panel, facts);
        std::erase_if(facts.facts, [](const auto& fact) { return fact.value.empty(); });
        cover.blocks.emplace_back(std::move(facts));
        if (scorer.id == shown)
            add_weights(by.panel, weights);
    }
    if (!weights.rows.empty())
        cover.blocks.emplace_back(std::move(weights));
    if (shown != 0)
        add_calibration(recorded_scorer(file, shown), cover);
}

ReportSection cover_of(const CaseFile& file, const ReportOrder& order, const CaseCounts& here,
                       const Findings& found) {
    const auto last = last_entry(file);
    const auto thresholds = active_thresholds(file);
    ReportSection cover;
    cover.above = say("Report on a case");
    cover.title = report_line(file.path().filename().native());
    cover.below = report_line(std::filesystem::absolute(file.path()).native());
    cover.links = {{"exhibits", say("Exhibits")},
                   {"limits", say("What this report can and cannot say")}};
    ReportFacts facts;
    facts.facts = {
        {say("Case id"), file.id(), true},
        {say("Audit log"),
         say("%1 entries, the last of %2", {count_text(last.number), moment_text(last.at)})},
        {say("Head of the log"), last.digest, true},
        {say("Exported"), say("%1 by %2", {moment_text(case_time_now()), report_line(order.by)})},
        {say("With"), report_line(order.program)},
        {say("Exhibits selected"), report_text(order.chosen)},
        {say("Bands"), thresholds_words(thresholds.name, thresholds.bands, shown_questions(file))}};
    cover.blocks.emplace_back(std::move(facts));
    cover.blocks.emplace_back(ReportParagraph{
        say("Everything in this report was recorded in the case, up to the head of the audit log "
            "given above; no picture was opened for it. \u201Cdfd case verify\u201D checks the "
            "case itself."),
        ReportTone::Quiet});
    for (const auto& scan : interrupted_scans(file))
        cover.blocks.emplace_back(
            ReportParagraph{report_text(interruption_sentence(scan)), ReportTone::Undecided});
    cover.blocks.emplace_back(ReportHeading{say("Counts")});
    cover.blocks.emplace_back(counts_table(here, count_exhibits(file)));
    const auto shown = shown_scorer(file);
    const bool trial = shown != 0 && recorded_scorer(file, shown).panel.starter;
    found.add_to(cover, trial ? say(kTrialCaution) : std::string());
    add_panels(file, cover);
    return cover;
}

/// Empty where the case has none that can be read.
std::vector<std::uint8_t> list_thumbnail(const CaseFile& file, ExhibitId id) {
    constexpr int kSide = 80;
    const auto kept = exhibit_thumbnail(file, id);
    if (kept.empty())
        return {};
    try {
        return small_jpeg(decode_picture(kept).pixels, kSide);
    } catch (const PictureError&) {
        return {};  // the exhibit's section says so
    }
}

void write_table(const CaseFile& file, std::span<const ExhibitId> ids, const QuestionBands& bands,
                 ReportWriter& writer, const std::stop_token& stop) {
    ReportSection section;
    section.title = say("Exhibits");
    section.anchor = "exhibits";
    section.own_page = true;
    if (ids.empty()) {
        section.blocks.emplace_back(
            ReportParagraph{say("No exhibit was selected."), ReportTone::Quiet});
        writer.add(section);
        return;
    }
    writer.begin_table(section, {{say("No."), 0.7, true},
                                 {say("File"), 4.2},
                                 {say("Picture"), 1.2, false, false, true},
                                 {say("SHA-256 begins"), 1.8, false, true},
                                 {say("Score"), 1.1, true},
                                 {say("Spread"), 1.1, true},
                                 {say("Result"), 1.8},
                                 {say("Mark"), 1.3}});
    std::int64_t number = 0;
    each_row(file, ids, stop, [&](const ExhibitRow& row) {
        const bool scored = row.state == ExhibitState::Scored;
        const auto outcome = outcome_of(row, bands);
        writer.add_row(
            {{count_text(++number), report_line(row.path.filename().native()), "",
              row.sha256.substr(0, 12),
              scored ? score_figure(row.score, bands.of(row.question)) : "",
              scored ? short_figure(row.spread) : "", outcome.words, mark_words(row.mark)},
             outcome.tone,
             6,
             exhibit_anchor(row.id),
             list_thumbnail(file, row.id)});
    });
    writer.end_table();
}

}  // namespace

ReportSection limits_section() {
    ReportSection section;
    section.title = say("What this report can and cannot say");
    section.anchor = "limits";
    section.own_page = true;
    ReportList list;
    for (const auto& sentence : method_limits())
        list.items.emplace_back(sentence);
    section.blocks.emplace_back(std::move(list));
    return section;
}

ReportSection panel_section(const ScoredBy& by) {
    ReportSection section;
    section.title = say("The panel");
    section.anchor = "panel";
    ReportFacts facts;
    facts.facts = {{say("Panel"), panel_title(by.panel)},
                   {say("Panel digest"), by.panel.digest, true}};
    add_nature(by.panel, facts);
    std::erase_if(facts.facts, [](const auto& fact) { return fact.value.empty(); });
    section.blocks.emplace_back(std::move(facts));
    ReportTable weights = weights_table();
    add_weights(by.panel, weights);
    section.blocks.emplace_back(std::move(weights));
    add_calibration(by, section);
    return section;
}

void write_report(const CaseFile& file, std::span<const ExhibitId> ids, const ReportOrder& order,
                  ReportWriter& writer, const std::function<void(std::size_t)>& done,
                  const std::stop_token& stop) {
    const auto thresholds = active_thresholds(file);
    CaseCounts here;
    Findings found(file, thresholds.bands);
    each_row(file, ids, stop, [&](const ExhibitRow& row) {
        count(row, thresholds.bands, here);
        found.take(row, here.exhibits);
    });
    const auto name = report_line(file.path().filename().native());
    writer.begin(say("Report on the case %1", {name}), name + " \u00B7 " + file.id());
    writer.add(cover_of(file, order, here, found));
    write_table(file, ids, thresholds.bands, writer, stop);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        check_stop(stop);
        auto section = exhibit_section(read_exhibit(file, ids[i], order.maps),
                                       exhibit_thumbnail(file, ids[i]), thresholds);
        section.above =
            say("Exhibit %1 of %2", {count_text(static_cast<std::int64_t>(i) + 1),
                                     count_text(static_cast<std::int64_t>(ids.size()))});
        writer.add(section);
        if (done)
            done(i + 1);
    }
    writer.add(limits_section());
    writer.end();
}

}  // namespace dfd
