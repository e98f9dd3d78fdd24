#include "core/casework/report/technical_section.h"

#include "core/base/hexadecimal.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/report/exhibit_maps.h"
#include "core/casework/report/report_text.h"

namespace dfd {
namespace {

std::string or_words(const std::string& text, const std::string& otherwise) {
    return text.empty() ? otherwise : report_text(text);
}

class TechnicalPart {
  public:
    TechnicalPart(const ExhibitRecord& record, const PanelOpinion* shown, ReportSection& section)
        : record_(record), shown_(shown), section_(section) {}

    void write() {
        add_file();
        add_provenance();
        add_scoring();
        add_metadata();
    }

  private:
    template <class Block>
    void add(Block block) {
        section_.blocks.emplace_back(std::move(block));
    }
    void add_heading(const std::string& text) { add(ReportHeading{text}); }
    /// With the experts' own names.
    [[nodiscard]] const PanelOpinion* opinion() const {
        return record_.examination.opinion ? &*record_.examination.opinion : nullptr;
    }
    [[nodiscard]] bool in_case() const { return record_.row.id != 0; }

    void add_file() {
        const auto& row = record_.row;
        const auto& examination = record_.examination;
        const auto& file = examination.facts;
        ReportFacts facts;
        const auto fact = [&](const std::string& name, const std::string& value,
                              bool code = false) {
            facts.facts.push_back({name, value, code});
        };
        add_heading(say("The file"));
        for (const auto& path : record_.copies())
            fact(say("Also at"), report_line(path.native()));
        if (!is_utf8(row.path.native()))
            fact(say("Path, bytes"), to_hex(as_bytes(row.path.native())), true);
        if (record_.paths.empty())
            fact(say("Presence"), say("missing: not found at its last known path"));
        fact("SHA-256", or_words(row.sha256, say("none: its bytes could not be read")), true);
        if (in_case())
            fact(say("Perceptual hash"),
                 or_words(record_.perceptual, say("none: not decoded, or too uniform")),
                 !record_.perceptual.empty());
        fact(say("Size"), byte_count(row.bytes));
        if (in_case()) {
            fact(say("Modified"), moment_text(row.modified));
            fact(say("Added to the case"), moment_text(row.added));
        }
        if (examination.width > 0) {
            const auto number = [](int value) { return std::to_string(value); };
            fact(say("Dimensions"), say("%1 × %2 pixels, stored as %3 × %4 pixels",
                                        {number(examination.width), number(examination.height),
                                         number(file.stored_width), number(file.stored_height)}));
            fact(say("Format"), say("%1, %2, %3 bits per channel",
                                    {report_line(file.format), report_line(say(file.colour_model)),
                                     number(file.bits_per_channel)}));
            fact(say("Decoded by"), report_line(file.decoder));
            fact(say("Orientation"), file.orientation == 1
                                         ? say("EXIF %1 (upright)", {number(file.orientation)})
                                         : say("EXIF %1, applied", {number(file.orientation)}));
            fact(say("Alpha channel"), file.alpha ? say("present, dropped") : say("none"));
            fact(say("Frame or page"), say("1 of %1", {number(file.frames)}));
            fact(say("Colour profile"), file.profile.empty()
                                            ? say("none")
                                            : say("%1, not applied", {report_line(file.profile)}));
        }
        add(facts);
    }

    void add_provenance() {
        if (record_.examination.width == 0)
            return;
        add_heading(say("What the file states about its origin"));
        if (!record_.provenance_recorded) {
            add(ReportParagraph{say("Not recorded: this exhibit was scanned by an older version."),
                                ReportTone::Quiet});
            return;
        }
        add(ReportParagraph{
            say("Statements in the file, which are never part of the score. Anybody can add, "
                "change or remove them; their absence means nothing."),
            ReportTone::Quiet});
        const auto& hints = record_.examination.facts.provenance;
        if (hints.empty())
            add(ReportParagraph{say("The file has no such statements.")});
        for (const auto& kept : hints) {
            const auto hint = translated(kept);
            add(ReportParagraph{report_text(hint.sentence),
                                hint.declares_generated ? ReportTone::Warning : ReportTone::Plain});
            ReportFacts facts;
            if (!hint.evidence.empty())
                facts.facts.push_back({say("Evidence"), report_text(hint.evidence)});
            for (const auto& [name, value] : hint.details)
                facts.facts.push_back({report_line(name), report_text(value)});
            if (!facts.facts.empty())
                add(facts);
        }
    }

    void add_scoring() {
        if (record_.examination.state == ExaminationState::Queued)
            return;
        const auto& panel = record_.by.panel;
        ReportFacts facts;
        add_heading(say("How it was examined"));
        auto name = report_line(panel.name) + calibration_note(panel);
        if (panel.starter)
            name = say("%1 (starter)", {name});
        facts.facts.push_back(
            {say("Panel"),
             in_case()
                 ? say("%1; its experts' weights are listed on the cover", {name})
                 : say("%1; its experts' weights are listed under \u201CThe panel\u201D", {name})});
        facts.facts.push_back({say("Panel digest"), report_line(panel.digest), true});
        facts.facts.push_back({say("Weights are"), panel.ema ? say("moving averages (EMA)")
                                                             : say("raw parameters, no EMA")});
        facts.facts.push_back({say("Precision"), say("%1, preprocessing version %2",
                                                     {precision_name(record_.by.precision),
                                                      std::to_string(record_.preprocessing)})});
        facts.facts.push_back(
            {say("Device"),
             report_line(record_.device.id + ": " + record_.device.name +
                         (record_.device.detail.empty() ? "" : ", " + record_.device.detail))});
        const auto seconds = rounded_text(record_.examination.seconds);
        facts.facts.push_back(
            {say("Examined"),
             in_case() ? say("%1 by %2, in %3 s",
                             {moment_text(record_.scored), report_line(record_.scored_by), seconds})
                       : say("in %1 s", {seconds})});
        add_exact_scores(facts);
        if (const auto maps = maps_sentence(record_); !maps.empty())
            facts.facts.push_back({say("Heatmaps"), maps});
        const auto text = joined(record_.versions, "; ", [](const auto& each) {
            return report_line(each.first + ' ' + each.second);
        });
        facts.facts.push_back({say("Versions"), or_words(text, say("not recorded"))});
        add(facts);
        add_figures();
    }

    /// Each question's score with six decimals.
    void add_exact_scores(ReportFacts& facts) const {
        if (opinion() == nullptr)
            return;
        for (std::size_t q = 0; q < questions_of(*opinion()); ++q) {
            if (!is_answered(*opinion(), q))
                continue;
            const auto one = part(*opinion(), q);
            const auto score = figure_text(one.score), spread = figure_text(one.spread);
            facts.facts.push_back(
                {say("Score"),
                 opinion()->answers.empty()
                     ? say("%1, spread %2", {score, spread})
                     : say("%1, spread %2 (%3)",
                           {score, spread, report_line(say(opinion()->answers[q].text))})});
        }
    }

    /// Names, logits and layers: what is needed to compute the scores again.
    void add_figures() {
        if (opinion() == nullptr)
            return;
        ReportTable table;
        table.columns = {{say("Expert"), 1.7},          {say("Name in the panel"), 1.9},
                         {say("Score"), 1, true},       {say("Without it"), 1, true},
                         {say("Logit real"), 1, true},  {say("Logit fake"), 1, true},
                         {say("Layer of the map"), 1.6}};
        for (std::size_t i = 0; i < opinion()->experts.size(); ++i) {
            const auto& expert = opinion()->experts[i];
            const auto* known = recorded_expert(record_, expert);
            ReportRow row;
            row.cells = {report_line(shown_->experts[i].name),
                         report_line(expert.name),
                         figure_text(expert.score),
                         figure_text(expert.without),
                         figure_text(expert.logits[0]),
                         figure_text(expert.logits[1]),
                         known != nullptr ? report_line(known->gradcam_layer) : ""};
            table.rows.push_back(std::move(row));
        }
        add(table);
    }

    void add_metadata() {
        if (record_.examination.width == 0)
            return;
        add_heading(say("Embedded metadata (EXIF, XMP, IPTC)"));
        ReportFacts facts;
        for (const auto& [key, value] : record_.examination.facts.metadata)
            facts.facts.push_back(
                {report_line(key), report_text(key == "..." ? say(value) : value)});
        if (facts.facts.empty())
            add(ReportParagraph{say("The file has none."), ReportTone::Quiet});
        else
            add(facts);
    }

    const ExhibitRecord& record_;
    const PanelOpinion* shown_;
    ReportSection& section_;
};

}  // namespace

void add_technical(const ExhibitRecord& record, const PanelOpinion* shown, ReportSection& section) {
    TechnicalPart(record, shown, section).write();
}

}  // namespace dfd
