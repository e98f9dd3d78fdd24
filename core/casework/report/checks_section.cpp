#include "core/casework/report/checks_section.h"

#include <algorithm>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/report/calibration_section.h"
#include "core/casework/report/report_text.h"

namespace dfd {
namespace {

enum class State { Made, InPart, NotMade, NotPossible };

std::string state_words(State state) {
    switch (state) {
        case State::Made:
            return say("made");
        case State::InPart:
            return say("made in part");
        case State::NotMade:
            return say("not made");
        case State::NotPossible:
            break;
    }
    return say("not possible");
}

class Checks {
  public:
    Checks(const ExhibitRecord& record, const PanelOpinion* shown)
        : record_(record), shown_(shown) {}

    ReportTable table() {
        table_.columns = {{say("Check"), 1.7}, {say("State"), 0.9}, {say("Extent, or why not"), 4}};
        add_decoding();
        add_score();
        if (shown_ != nullptr) {
            add_experts();
            add_ratios();
            add_maps();
            add_stability();
        }
        if (record_.examination.width > 0) {
            add_statements();
            add_hidden();
            add_metadata();
            if (record_.row.id != 0)
                add_look_alikes();
        }
        add(say("Source, time and place of the picture"), State::NotPossible,
            say("They are not in the pixels. Other sources have to tell them."));
        return std::move(table_);
    }

  private:
    void add(const std::string& check, State state, const std::string& why) {
        table_.rows.push_back({{check, state_words(state), report_text(why)},
                               state == State::Made     ? ReportTone::Plain
                               : state == State::InPart ? ReportTone::Undecided
                                                        : ReportTone::Quiet,
                               1,
                               {}});
    }

    void add_decoding() {
        const auto& examination = record_.examination;
        const auto check = say("Decoding of the picture");
        if (examination.width > 0)
            add(check, State::Made,
                say("%1 × %2 pixels, by %3",
                    {std::to_string(examination.width), std::to_string(examination.height),
                     report_line(examination.facts.decoder)}));
        else if (examination.state == ExaminationState::Failed)
            add(check, State::NotPossible, say_again(examination.failure.message));
        else
            add(check, State::NotMade, say("Nobody has examined it yet."));
        if (examination.width > 0 && examination.facts.frames > 1)
            add(say("Further frames or pages"), State::NotMade,
                say("The file has %1; only the first is examined.",
                    {std::to_string(examination.facts.frames)}));
    }

    void add_score() {
        const auto check = say("Score by the panel");
        if (shown_ == nullptr) {
            if (record_.examination.state == ExaminationState::Failed)
                add(check, State::NotPossible, say_again(record_.examination.failure.message));
            else
                add(check, State::NotMade,
                    say("The panel whose results are shown has not examined it."));
            return;
        }
        const auto counting = std::ranges::count_if(
            shown_->experts, [](const ExpertOpinion& expert) { return counted(expert) > 0; });
        const auto all = shown_->experts.size() + record_.by.panel.left_out.size();
        add(check, static_cast<std::size_t>(counting) == all ? State::Made : State::InPart,
            say("%1 of %2 experts count.", {std::to_string(counting), std::to_string(all)}));
    }

    /// Those that do not count, and those that read a part of the picture.
    void add_experts() {
        const auto check = [](const std::string& name) {
            return say("Expert \u201C%1\u201D", {report_line(name)});
        };
        for (const auto& name : record_.by.panel.left_out)
            add(check(name), State::NotPossible,
                record_.by.panel.left_out_because.empty()
                    ? say("Something that it needs was not installed.")
                    : say_again(record_.by.panel.left_out_because));
        const auto left = left_sentences(*shown_);
        std::size_t next = 0;
        for (const auto& expert : shown_->experts) {
            if (expert.left)
                add(check(expert.name), State::InPart,
                    next < left.size() ? left[next++] : say("It does not count."));
            else if (!expert.available())
                add(check(expert.name), State::NotPossible, say_again(expert.failure));
            else if (expert.weight == 0)
                add(check(expert.name), State::InPart,
                    say("Somebody muted it; it does not count."));
        }
        if (const auto parts = looked_at_sentences(*shown_); !parts.empty())
            add(say("Reading of every pixel"), State::InPart, joined(parts, " "));
    }

    void add_ratios() {
        for (std::size_t q = 0; q < questions_of(*shown_); ++q) {
            const auto check =
                shown_->answers.empty()
                    ? say("Likelihood ratio")
                    : say("Likelihood ratio: %1", {report_line(say(shown_->answers[q].text))});
            const auto why = without_ratio(*shown_, q);
            if (why.empty())
                add(check, State::Made,
                    say("It is listed under \u201C%1\u201D.", {say("What the score is worth")}));
            else
                add(check, out_of_scope(*shown_, q).empty() ? State::NotMade : State::NotPossible,
                    why);
        }
    }

    void add_maps() {
        const auto mapped = std::ranges::count_if(
            shown_->experts, [](const ExpertOpinion& expert) { return expert.map.has_value(); });
        const auto all = shown_->experts.size();
        const auto check = say("Heatmaps");
        if (mapped == 0)
            add(check, State::NotMade,
                say("None were asked for when it was examined, or this report was asked for "
                    "without them."));
        else
            add(check, static_cast<std::size_t>(mapped) == all ? State::Made : State::InPart,
                say("%1 of %2 experts have one.", {std::to_string(mapped), std::to_string(all)}));
        add(say("Deletion test of the heatmaps"), State::NotMade,
            say("It needs the picture, and a report opens none. The window and \u201Cdfd "
                "explain\u201D make it."));
    }

    void add_stability() {
        const auto check = say("Stability under re-sharing");
        if (!record_.stability) {
            add(check, State::NotMade, say("No altered versions of it were scored."));
            return;
        }
        const auto scored = static_cast<std::size_t>(record_.stability->firmness.versions);
        const auto planned = static_cast<std::size_t>(record_.stability->stability.planned());
        add(check, scored < planned ? State::InPart : State::Made,
            say("%1 of %2 altered versions were scored.",
                {std::to_string(scored), std::to_string(planned)}));
    }

    void add_statements() {
        const auto origin = say("Statements of the file about its origin");
        const auto credentials = say("Content Credentials (C2PA)");
        const auto old = say("It was examined by an older version, which did not seek them.");
        if (!record_.provenance_recorded) {
            add(origin, State::NotMade, old);
            add(credentials, State::NotMade, old);
            return;
        }
        const auto& hints = record_.examination.facts.provenance;
        add(origin, State::Made,
            hints.empty() ? say("None were found.")
                          : say_count(hints.size(), "%1 was found.", "%1 were found."));
        const bool credited = std::ranges::any_of(hints, [](const ProvenanceHint& hint) {
            return hint.kind == ProvenanceKind::ContentCredentials;
        });
        add(credentials, credited ? State::InPart : State::Made,
            credited ? say("Found and read, but not validated: no signature was checked.")
                     : say("None were found."));
    }

    void add_hidden() {
        const auto check = say("Settings hidden in the pixels");
        const auto& facts = record_.examination.facts;
        const auto pixels = static_cast<std::uint64_t>(facts.stored_width) *
                            static_cast<std::uint64_t>(facts.stored_height);
        if (!record_.provenance_recorded)
            add(check, State::NotMade,
                say("It was examined by an older version, which did not seek them."));
        else if (facts.format != "PNG" && facts.format != "WebP")
            add(check, State::NotMade, say("They are sought only in PNG and WebP files."));
        else if (pixels > kMostPixelsWithHiddenText)
            add(check, State::NotMade,
                say("They are sought only in pictures of at most %1 megapixels.",
                    {std::to_string(kMostPixelsWithHiddenText / 1'000'000)}));
        else
            add(check, State::Made,
                say("What was found is listed with the statements of the file."));
    }

    void add_metadata() {
        const auto count = record_.examination.facts.metadata.size();
        add(say("Embedded metadata"), State::Made,
            count == 0 ? say("The file has none.")
                       : say_count(count, "%1 entry, listed below", "%1 entries, listed below"));
    }

    void add_look_alikes() {
        const auto check = say("Comparison with the other exhibits");
        if (record_.perceptual.empty())
            add(check, State::NotPossible, say("It has no perceptual hash: it is too uniform."));
        else
            add(check, State::Made, say("By a perceptual hash; the case lists look-alikes."));
    }

    const ExhibitRecord& record_;
    const PanelOpinion* shown_;
    ReportTable table_;
};

}  // namespace

void add_checks(const ExhibitRecord& record, const PanelOpinion* shown, ReportSection& section) {
    section.blocks.emplace_back(ReportHeading{say("Checks")});
    section.blocks.emplace_back(Checks(record, shown).table());
}

}  // namespace dfd
