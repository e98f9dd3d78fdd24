#include "core/casework/report/exhibit_section.h"

#include <algorithm>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/report/calibration_section.h"
#include "core/casework/report/checks_section.h"
#include "core/casework/report/exhibit_maps.h"
#include "core/casework/report/report_text.h"
#include "core/casework/report/technical_section.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/likelihood.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"

namespace dfd {
namespace {

class Section {
  public:
    Section(const ExhibitRecord& record, const std::vector<std::uint8_t>& thumbnail,
            const ThresholdProfile& thresholds)
        : record_(record), thumbnail_(thumbnail), thresholds_(thresholds) {
        if (record.examination.opinion)
            titled_ = with_titles(*record.examination.opinion);
    }

    ReportSection write() {
        section_.anchor = exhibit_anchor(record_.row.id);
        section_.title = report_line(record_.row.path.filename().native());
        section_.below = report_line(record_.row.path.native());
        section_.own_page = true;
        add_declared();
        add_verdict();
        add_maps(record_, thumbnail_, shown(), thresholds_.bands, section_);
        add_experts();
        add_stability();
        if (shown() != nullptr)
            add_worth(record_, *shown(), section_);
        add_checks(record_, shown(), section_);
        add_decisions();
        add_technical(record_, shown(), section_);
        return std::move(section_);
    }

    ReportSection write_summary() {
        section_.title = report_line(record_.row.path.filename().native());
        section_.below = report_line(record_.row.path.native());
        add_declared();
        if (shown() == nullptr)
            add_verdict();
        else
            add_short_answers();
        add_maps(record_, thumbnail_, shown(), thresholds_.bands, section_, ReportedMaps::Means);
        add_heading(say("What this page cannot say"));
        ReportList limits;
        limits.items = main_limits();
        add(limits);
        return std::move(section_);
    }

  private:
    template <class Block>
    void add(Block block) {
        section_.blocks.emplace_back(std::move(block));
    }
    void add_heading(const std::string& text) { add(ReportHeading{text}); }
    /// With the experts' titles: all that people read.
    [[nodiscard]] const PanelOpinion* shown() const { return titled_ ? &*titled_ : nullptr; }
    /// With the experts' own names.
    [[nodiscard]] const PanelOpinion* opinion() const {
        return record_.examination.opinion ? &*record_.examination.opinion : nullptr;
    }

    [[nodiscard]] bool in_case() const { return record_.row.id != 0; }

    /// What the file itself states about being generated comes first: it is stronger than a score.
    void add_declared() {
        for (const auto& hint : record_.examination.facts.provenance)
            if (hint.declares_generated)
                add(ReportParagraph{report_text(say_again(hint.sentence)), ReportTone::Warning});
    }

    void add_verdict() {
        const auto outcome = outcome_of(record_.row, thresholds_.bands);
        ReportVerdict verdict;
        verdict.word = outcome.words;
        verdict.tone = outcome.tone;
        verdict.thresholds = thresholds_.bands.of(record_.row.question);
        if (opinion() == nullptr) {
            add(verdict);
            add(ReportParagraph{record_.examination.state == ExaminationState::Failed
                                    ? report_text(say_again(record_.examination.failure.message))
                                    : say("The panel whose results are shown has not examined it."),
                                ReportTone::Warning});
            add_warnings();
            return;
        }
        for (std::size_t q = 0; q < questions_of(*shown()); ++q)
            add_answer(q);
        add(ReportParagraph{report_text(summary_of(*shown(), record_.examination.warnings,
                                                   thresholds_.bands, record_.firmness()))});
        add_warnings();
    }

    /// The panel's answer to one question; a panel with several is asked each in words.
    void add_answer(std::size_t question) {
        const auto one = part(*shown(), question);
        const bool several = !shown()->answers.empty();
        if (several)
            add(ReportParagraph{report_text(asked(question))});
        ReportVerdict verdict;
        verdict.thresholds = bands_for(*shown(), question, thresholds_.bands);
        if (several && !shown()->answers[question].answered) {
            verdict.word = say("not answered");
            verdict.tone = ReportTone::Quiet;
            add(verdict);
            return;
        }
        const auto band = band_of(*shown(), question, thresholds_.bands);
        verdict.word = band_words(band);
        verdict.tone = tone_of(band);
        if (band == Band::NoAssessment) {
            for (const auto& each : out_of_scope(one, 0))
                verdict.beside += (verdict.beside.empty() ? "" : "\n") + say_again(each.reason);
            add(verdict);
            return;
        }
        verdict.score = one.score;
        verdict.figure = score_figure(one.score, verdict.thresholds);
        for (const auto& expert : one.experts)
            if (expert.available() && !expert.left)
                verdict.experts.push_back(expert.score);
        const auto spread = short_figure(one.spread);
        const auto range = without_one(one, verdict.thresholds);
        verdict.beside =
            range.empty() ? say("Spread of the experts' scores: %1.", {spread})
                          : say("Spread of the experts' scores: %1; with one expert left out the "
                                "score would be %2.",
                                {spread, range});
        verdict.beside += '\n';
        verdict.beside += say(
            "Bands: %1.", {thresholds_words(thresholds_.name, thresholds_.bands.of(question), {})});
        add(verdict);
    }

    void add_short_answers() {
        for (std::size_t q = 0; q < questions_of(*shown()); ++q)
            add_short_answer(q);
        if (!is_reference_combination(*shown()))
            add(ReportParagraph{report_text(combination_sentence(*shown())), ReportTone::Warning});
        add_warnings();
    }

    /// `add_answer` in short: the word, the score, what it is worth and the experts' scores.
    void add_short_answer(std::size_t question) {
        const auto one = part(*shown(), question);
        const bool several = !shown()->answers.empty();
        const auto band = band_of(*shown(), question, thresholds_.bands);
        ReportVerdict verdict;
        verdict.thresholds = bands_for(*shown(), question, thresholds_.bands);
        if (several)
            verdict.question = report_line(say(shown()->answers[question].text));
        if (!is_answered(*shown(), question)) {
            verdict.word = say("not answered");
            verdict.tone = ReportTone::Quiet;
            add(verdict);
            return;
        }
        verdict.word = band_words(band);
        verdict.tone = tone_of(band);
        if (band == Band::NoAssessment) {
            for (const auto& each : out_of_scope(one, 0))
                verdict.beside += (verdict.beside.empty() ? "" : "\n") + say_again(each.reason);
        } else {
            verdict.score = one.score;
            verdict.figure = score_figure(one.score, verdict.thresholds);
            for (const auto& expert : one.experts)
                if (expert.available() && !expert.left)
                    verdict.experts.push_back(expert.score);
            if (const auto worth = worth_sentence(*shown(), question); !worth.empty())
                verdict.beside = report_text(worth) + '\n';
            verdict.beside += scores_sentence(one, verdict.thresholds);
        }
        add(verdict);
    }

    /// "Experts: JPEG traces 0.31, Meaning (out of scope)." `one` is the part of one question.
    [[nodiscard]] std::string scores_sentence(const PanelOpinion& one,
                                              const BandThresholds& bands) const {
        std::vector<std::string> scores;
        for (const auto& expert : one.experts) {
            const auto name = report_line(expert.name);
            scores.push_back(!expert.available() ? say("%1 (no opinion)", {name})
                             : beyond_gate(*shown(), expert)
                                 ? say("%1 (out of scope)", {name})
                                 : name + ' ' + score_figure(expert.score, bands));
        }
        return say("Experts: %1.", {joined(scores, ", ")});
    }

    /// "Made by a generator? A high score supports: \"…\" A low score supports: \"…\""
    [[nodiscard]] std::string asked(std::size_t question) const {
        const auto& answer = shown()->answers[question];
        if (question >= record_.by.panel.questions.size())
            return say(answer.text);
        const auto& words = record_.by.panel.questions[question];
        return say("%1 A high score supports: \u201C%2\u201D A low score supports: \u201C%3\u201D",
                   {say(answer.text), say(words.fake), say(words.real)});
    }

    void add_warnings() {
        ReportList list;
        list.tone = ReportTone::Warning;
        auto warnings = record_.examination.warnings;
        if (opinion() != nullptr)
            warnings = with_titles(std::move(warnings), *opinion());
        for (const auto& warning : warnings)
            list.items.push_back(report_text(say_again(warning)));
        if (record_.by.panel.starter && opinion() != nullptr)
            list.items.push_back(say(kTrialCaution));
        if (!list.items.empty())
            add(list);
    }

    void add_experts() {
        if (shown() == nullptr)
            return;
        add_heading(say("Experts"));
        const auto words = words_for(opinion()->experts);
        ReportTable table;
        table.columns = {
            {say("Expert"), 1.8}, {say("Score"), 0.7, true}, {say("Panel without it"), 1.1, true}};
        if (!shown()->answers.empty())
            table.columns.push_back({say("Question"), 1.8});
        table.columns.push_back({say("What it looks at"), 4});
        for (std::size_t i = 0; i < shown()->experts.size(); ++i) {
            const auto& expert = shown()->experts[i];
            const auto bands = bands_for(*shown(), expert.question, thresholds_.bands);
            const bool beyond = beyond_gate(*shown(), expert);
            ReportRow row;
            const auto name = report_line(expert.name);
            row.cells = {beyond ? say("%1 (out of scope)", {name}) : name,
                         score_figure(expert.score, bands), score_figure(expert.without, bands)};
            if (!shown()->answers.empty())
                row.cells.push_back(report_line(say(shown()->answers.at(expert.question).text)));
            row.cells.push_back(words[i].looks_at);
            if (expert.available()) {
                row.tone = beyond ? ReportTone::Quiet : tone_of(band_of(expert.score, bands));
                row.toned = 1;
            }
            table.rows.push_back(std::move(row));
        }
        add(table);
    }

    void add_stability() {
        if (!record_.stability)
            return;
        const auto& kept = *record_.stability;
        const auto& firmness = kept.firmness;
        add_heading(say("Stability"));
        ReportFacts facts;
        if (firmness.ordinary > 0)
            facts.facts.push_back(
                {say("Ordinary re-sharing"),
                 say("%1 to %2 over %3 versions, %4 of them on the other side of %5",
                     {figure_text(firmness.low), figure_text(firmness.high),
                      count_text(firmness.ordinary), count_text(firmness.other_side),
                      exact_text(firmness.threshold)})});
        for (const auto& treatment : firmness.severe)
            facts.facts.push_back({say("After %1", {report_line(say_again(treatment.name))}),
                                   figure_text(treatment.score)});
        std::vector<std::string> flips;
        for (const auto& flip : firmness.flips)
            if (flip.panel)
                flips.push_back(report_line(flip_words(flip)));
        facts.facts.push_back(
            {say("The panel changes sides"), flips.empty() ? say("nowhere") : listed(flips)});
        facts.facts.push_back(
            {say("Tried"),
             say("%1 of %2 versions, %3 by %4, on %5",
                 {count_text(firmness.versions),
                  count_text(static_cast<std::int64_t>(kept.stability.planned())),
                  moment_text(kept.at), report_line(kept.by), report_line(kept.device)})});
        add(facts);
    }

    void add_decisions() {
        if (!in_case())
            return;
        ReportFacts facts;
        for (const auto& mark : record_.marks)
            facts.facts.push_back(
                {moment_text(mark.at),
                 mark.mark == Mark::None
                     ? say("Marked \u201Cnone\u201D by %1", {report_line(mark.by)})
                     : say("Marked \u201C%1\u201D by %2",
                           {mark_words(mark.mark), report_line(mark.by)})});
        for (const auto& note : record_.notes)
            facts.facts.push_back(
                {moment_text(note.at),
                 say("Note by %1: %2", {report_line(note.by), report_text(note.text)})});
        std::ranges::stable_sort(facts.facts, {}, &ReportFacts::Fact::name);
        std::vector<std::string> tags;
        for (const auto& tag : record_.tags)
            tags.push_back(report_line(tag));
        if (!tags.empty())
            facts.facts.push_back({say("Tags"), listed(tags)});
        add_heading(say("Marks and notes"));
        if (facts.facts.empty())
            add(ReportParagraph{say("None."), ReportTone::Quiet});
        else
            add(facts);
    }

    /// "0.45 to 0.52", or one figure when both read the same; empty for a single expert.
    [[nodiscard]] static std::string without_one(const PanelOpinion& one,
                                                 const BandThresholds& thresholds) {
        std::vector<double> scores;
        for (const auto& expert : one.experts)
            if (counted(expert) > 0)
                scores.push_back(expert.without);
        if (scores.size() < 2)
            return {};
        const auto [least, most] = std::ranges::minmax(scores);
        const auto from = score_figure(least, thresholds), to = score_figure(most, thresholds);
        return from == to ? from : say("%1 to %2", {from, to});
    }

    const ExhibitRecord& record_;
    const std::vector<std::uint8_t>& thumbnail_;
    const ThresholdProfile& thresholds_;
    std::optional<PanelOpinion> titled_;
    ReportSection section_;
};

}  // namespace

std::string exhibit_anchor(ExhibitId id) {
    return "e" + std::to_string(id);
}

ExhibitOutcome outcome_of(const ExhibitRow& row, const QuestionBands& bands) {
    switch (row.state) {
        case ExhibitState::Scored: {
            const auto band = band_of(row.score, bands.of(row.question));
            return {band_words(band), tone_of(band)};
        }
        case ExhibitState::NoAssessment:
            return {band_words(Band::NoAssessment), tone_of(Band::NoAssessment)};
        case ExhibitState::Failed:
            return {say("could not be examined"), ReportTone::Warning};
        case ExhibitState::Unscored:
            break;
    }
    return {say("not scored"), ReportTone::Quiet};
}

ReportSection exhibit_section(const ExhibitRecord& record,
                              const std::vector<std::uint8_t>& thumbnail,
                              const ThresholdProfile& thresholds) {
    return Section(record, thumbnail, thresholds).write();
}

ReportSection summary_page(const ExhibitRecord& record, const std::vector<std::uint8_t>& thumbnail,
                           const ThresholdProfile& thresholds) {
    return Section(record, thumbnail, thresholds).write_summary();
}

}  // namespace dfd
