#include "core/casework/report/exhibit_section.h"

#include <algorithm>

#include "core/base/hexadecimal.h"
#include "core/base/text.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/report_text.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "core/picture/pixels/heatmap_overlay.h"

namespace dfd {
namespace {

constexpr double kOpacity = 0.65;  // as the heatmaps of `dfd score`

std::string or_words(const std::string& text, const char* otherwise) {
    return text.empty() ? otherwise : report_text(text);
}

std::string size_text(int width, int height) {
    return std::to_string(width) + " × " + std::to_string(height) + " pixels";
}

const ExpertRecord* recorded_expert(const ExhibitRecord& record, const ExpertOpinion& expert) {
    const auto at = static_cast<std::size_t>(expert.index);
    return at < record.by.panel.experts.size() ? &record.by.panel.experts[at] : nullptr;
}

class Section {
  public:
    Section(const ExhibitRecord& record, const std::vector<std::uint8_t>& thumbnail,
            const ThresholdProfile& thresholds)
        : record_(record), thumbnail_(thumbnail), thresholds_(thresholds) {}

    ReportSection write() {
        section_.anchor = exhibit_anchor(record_.row.id);
        section_.title = report_line(record_.row.path.filename().native());
        section_.below = report_line(record_.row.path.native());
        section_.own_page = true;
        add_declared();
        add_verdict();
        add_pictures();
        add_experts();
        add_stability();
        add_decisions();
        add_file();
        add_provenance();
        add_scoring();
        add_metadata();
        return std::move(section_);
    }

  private:
    template <class Block>
    void add(Block block) {
        section_.blocks.emplace_back(std::move(block));
    }
    void add_heading(const char* text) { add(ReportHeading{text}); }
    [[nodiscard]] const PanelOpinion* opinion() const {
        return record_.examination.opinion ? &*record_.examination.opinion : nullptr;
    }

    [[nodiscard]] bool in_case() const { return record_.row.id != 0; }

    /// What the file itself states about being generated comes first: it is stronger than a score.
    void add_declared() {
        for (const auto& hint : record_.examination.facts.provenance)
            if (hint.declares_generated)
                add(ReportParagraph{report_text(hint.sentence), ReportTone::Warning});
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
                                    ? report_text(record_.examination.failure.message)
                                    : "The panel whose results are shown has not examined it.",
                                ReportTone::Warning});
            add_warnings();
            return;
        }
        for (std::size_t q = 0; q < questions_of(*opinion()); ++q)
            add_answer(q);
        add(ReportParagraph{report_text(summary_of(*opinion(), record_.examination.warnings,
                                                   thresholds_.bands, record_.firmness()))});
        add_warnings();
    }

    /// The panel's answer to one question; a panel with several is asked each in words.
    void add_answer(std::size_t question) {
        const auto one = part(*opinion(), question);
        const bool several = !opinion()->answers.empty();
        if (several)
            add(ReportParagraph{report_text(asked(question))});
        ReportVerdict verdict;
        verdict.thresholds = bands_for(*opinion(), question, thresholds_.bands);
        if (several && !opinion()->answers[question].answered) {
            verdict.word = "not answered";
            verdict.tone = ReportTone::Quiet;
            add(verdict);
            return;
        }
        const auto band = band_of(*opinion(), question, thresholds_.bands);
        verdict.word = band_name(band);
        verdict.tone = tone_of(band);
        if (band == Band::NoAssessment) {
            for (const auto& each : out_of_scope(one, 0))
                verdict.beside += (verdict.beside.empty() ? "" : "\n") + each.reason;
            add(verdict);
            return;
        }
        verdict.score = one.score;
        verdict.figure = score_figure(one.score, verdict.thresholds);
        for (const auto& expert : one.experts)
            if (expert.available() && !expert.left)
                verdict.experts.push_back(expert.score);
        const auto [least, most] =
            std::ranges::minmax_element(one.experts, {}, &ExpertOpinion::without);
        verdict.beside = "Score " + figure_text(one.score) + ", spread " + figure_text(one.spread);
        if (least != one.experts.end())
            verdict.beside += "; with one expert left out " + figure_text(least->without) + " to " +
                              figure_text(most->without);
        verdict.beside +=
            ".\nBands: " + thresholds_words(thresholds_.name, thresholds_.bands.of(question), {}) +
            ".";
        add(verdict);
    }

    /// "Made by a generator? A high score supports: \"…\" A low score supports: \"…\""
    [[nodiscard]] std::string asked(std::size_t question) const {
        const auto& answer = opinion()->answers[question];
        if (question >= record_.by.panel.questions.size())
            return answer.text;
        const auto& words = record_.by.panel.questions[question];
        return answer.text + " A high score supports: \u201C" + words.fake +
               "\u201D A low score supports: \u201C" + words.real + "\u201D";
    }

    void add_warnings() {
        ReportList list;
        list.tone = ReportTone::Warning;
        for (const auto& warning : record_.examination.warnings)
            list.items.push_back(report_text(warning));
        if (record_.by.panel.starter && opinion() != nullptr)
            list.items.emplace_back(kTrialCaution);
        if (!list.items.empty())
            add(list);
    }

    void add_pictures() {
        if (thumbnail_.empty()) {
            if (record_.examination.width > 0)
                add(ReportParagraph{in_case() ? "The case has no thumbnail of this picture."
                                              : "The file could not be opened for a thumbnail.",
                                    ReportTone::Quiet});
            return;
        }
        add_heading("Picture and heatmaps");
        Pixels small;
        try {
            small = decode_picture(thumbnail_).pixels;
        } catch (const PictureError& error) {
            add(ReportParagraph{
                std::string("The thumbnail in the case is damaged. ") + report_text(error.what()),
                ReportTone::Warning});
            return;
        }
        ReportPictures pictures;
        pictures.pictures.push_back(
            {"Picture", "thumbnail", thumbnail_, small.width, small.height});
        float highest = 0;
        // An expert without an opinion has no map.
        const auto has_maps = [](const PanelOpinion& of) {
            return std::ranges::any_of(of.experts,
                                       [](const auto& expert) { return expert.map.has_value(); });
        };
        const bool maps = opinion() != nullptr && has_maps(*opinion());
        if (maps)
            for (const auto& expert : opinion()->experts)
                highest = std::max(highest, expert.map ? maximum(*expert.map) : 0);
        const auto add_overlay = [&](const HeatMap& map, const std::string& caption, double score,
                                     std::size_t question) {
            const auto drawn = overlay(small, map, highest, ColourMap::Inferno, kOpacity);
            pictures.pictures.push_back(
                {report_line(caption), score_figure(score, thresholds_.bands.of(question)),
                 small_jpeg(drawn, kCaseThumbnail), small.width, small.height});
        };
        if (maps) {
            for (std::size_t q = 0; q < questions_of(*opinion()); ++q) {
                const auto one = part(*opinion(), q);
                if (has_maps(one))
                    add_overlay(mean_map(one),
                                opinion()->answers.empty()
                                    ? "Mean of the experts"
                                    : opinion()->answers[q].text + " Mean of its experts",
                                one.score, q);
            }
            for (const auto& expert : opinion()->experts)
                if (expert.map)
                    add_overlay(*expert.map, expert.name, expert.score, expert.question);
        }
        add(pictures);
        if (maps)
            add(ReportScale{rounded_text(static_cast<double>(highest)),
                            map_methods() +
                                ", all on one scale: the largest value of any expert's map is " +
                                exact_text(highest) + "."});
        else if (opinion() != nullptr)
            add(ReportParagraph{"Heatmaps are not recorded, or were left out of this report.",
                                ReportTone::Quiet});
    }

    /// How the maps that are shown were made.
    [[nodiscard]] std::string map_methods() const {
        bool gradients = false, occlusion = false, own = false;
        for (const auto& expert : opinion()->experts) {
            const auto* known = recorded_expert(record_, expert);
            const auto layer = known == nullptr ? std::string() : known->gradcam_layer;
            if (expert.map)
                (layer == kOwnMap ? own : layer == kOcclusion ? occlusion : gradients) = true;
        }
        const auto of_class =
            " of the class \u201C" + report_line(record_.by.panel.classes[kFakeClass]) + "\u201D";
        std::string words =
            gradients   ? "Grad-CAM" + of_class + " at each expert's layer (in the table below)"
            : occlusion ? "Occlusion" + of_class
                        : "The experts' own maps" + of_class;
        if (gradients && occlusion)
            words += ", and occlusion where the table says so";
        if (own && (gradients || occlusion))
            words += ", and the expert's own map where the table says so";
        return words;
    }

    void add_experts() {
        if (opinion() == nullptr)
            return;
        add_heading("Experts");
        ReportTable table;
        table.columns = {
            {"Expert", 2.2},           {"Score", 1, true},        {"Panel without it", 1.5, true},
            {"Logit real", 1.2, true}, {"Logit fake", 1.2, true}, {"Layer of the map", 2}};
        if (!opinion()->answers.empty())
            table.columns.push_back({"Question", 2});
        for (const auto& expert : opinion()->experts) {
            const auto* known = recorded_expert(record_, expert);
            ReportRow row;
            const bool beyond = beyond_gate(*opinion(), expert);
            row.cells = {report_line(expert.name) + (beyond ? " (out of scope)" : ""),
                         figure_text(expert.score),
                         figure_text(expert.without),
                         figure_text(expert.logits[0]),
                         figure_text(expert.logits[1]),
                         known != nullptr ? report_line(known->gradcam_layer) : ""};
            if (!opinion()->answers.empty())
                row.cells.push_back(report_line(opinion()->answers.at(expert.question).text));
            if (expert.available()) {
                row.tone =
                    beyond ? ReportTone::Quiet
                           : tone_of(band_of(expert.score, bands_for(*opinion(), expert.question,
                                                                     thresholds_.bands)));
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
        add_heading("Stability");
        ReportFacts facts;
        if (firmness.ordinary > 0)
            facts.facts.push_back({"Ordinary re-sharing",
                                   figure_text(firmness.low) + " to " + figure_text(firmness.high) +
                                       " over " + count_text(firmness.ordinary) + " versions, " +
                                       count_text(firmness.other_side) +
                                       " of them on the other side of " +
                                       exact_text(firmness.threshold)});
        for (const auto& treatment : firmness.severe)
            facts.facts.push_back(
                {"After " + report_line(treatment.name), figure_text(treatment.score)});
        std::vector<std::string> flips;
        for (const auto& flip : firmness.flips)
            if (flip.panel)
                flips.push_back(report_line(flip.words));
        facts.facts.push_back(
            {"The panel changes sides", flips.empty() ? "nowhere" : listed(flips)});
        facts.facts.push_back(
            {"Tried", count_text(firmness.versions) + " of " +
                          count_text(static_cast<std::int64_t>(kept.stability.planned())) +
                          " versions, " + moment_text(kept.at) + " by " + report_line(kept.by) +
                          ", on " + report_line(kept.device)});
        add(facts);
    }

    void add_decisions() {
        if (!in_case())
            return;
        ReportFacts facts;
        for (const auto& mark : record_.marks)
            facts.facts.push_back({moment_text(mark.at), "Marked \u201C" +
                                                             std::string(mark_name(mark.mark)) +
                                                             "\u201D by " + report_line(mark.by)});
        for (const auto& note : record_.notes)
            facts.facts.push_back({moment_text(note.at), "Note by " + report_line(note.by) + ": " +
                                                             report_text(note.text)});
        std::ranges::stable_sort(facts.facts, {}, &ReportFacts::Fact::name);
        std::vector<std::string> tags;
        for (const auto& tag : record_.tags)
            tags.push_back(report_line(tag));
        if (!tags.empty())
            facts.facts.push_back({"Tags", listed(tags)});
        add_heading("Marks and notes");
        if (facts.facts.empty())
            add(ReportParagraph{"None.", ReportTone::Quiet});
        else
            add(facts);
    }

    void add_file() {
        const auto& row = record_.row;
        const auto& examination = record_.examination;
        const auto& file = examination.facts;
        ReportFacts facts;
        const auto fact = [&](const char* name, const std::string& value, bool code = false) {
            facts.facts.push_back({name, value, code});
        };
        add_heading("The file");
        for (const auto& path : record_.copies())
            fact("Also at", report_line(path.native()));
        if (!is_utf8(row.path.native()))
            fact("Path, bytes", to_hex(as_bytes(row.path.native())), true);
        if (record_.paths.empty())
            fact("Presence", "missing: not found at its last known path");
        fact("SHA-256", or_words(row.sha256, "none: its bytes could not be read"), true);
        if (in_case())
            fact("Perceptual hash",
                 or_words(record_.perceptual, "none: not decoded, or too uniform"),
                 !record_.perceptual.empty());
        fact("Size", byte_count(row.bytes));
        if (in_case()) {
            fact("Modified", moment_text(row.modified));
            fact("Added to the case", moment_text(row.added));
        }
        if (examination.width > 0) {
            fact("Dimensions", size_text(examination.width, examination.height) + ", stored as " +
                                   size_text(file.stored_width, file.stored_height));
            fact("Format", report_line(file.format) + ", " + report_line(file.colour_model) + ", " +
                               std::to_string(file.bits_per_channel) + " bits per channel");
            fact("Decoded by", report_line(file.decoder));
            fact("Orientation", "EXIF " + std::to_string(file.orientation) +
                                    (file.orientation == 1 ? " (upright)" : ", applied"));
            fact("Alpha channel", file.alpha ? "present, dropped" : "none");
            fact("Frame or page", "1 of " + std::to_string(file.frames));
            fact("Colour profile",
                 file.profile.empty() ? "none" : report_line(file.profile) + ", not applied");
        }
        add(facts);
    }

    void add_provenance() {
        if (record_.examination.width == 0)
            return;
        add_heading("What the file states about its origin");
        if (!record_.provenance_recorded) {
            add(ReportParagraph{"Not recorded: this exhibit was scanned by an older version.",
                                ReportTone::Quiet});
            return;
        }
        add(
            ReportParagraph{"Statements in the file, which are never part of the score. Anybody "
                            "can add, change or remove them; their absence means nothing.",
                            ReportTone::Quiet});
        const auto& hints = record_.examination.facts.provenance;
        if (hints.empty())
            add(ReportParagraph{"The file has no such statements."});
        for (const auto& hint : hints) {
            add(ReportParagraph{report_text(hint.sentence),
                                hint.declares_generated ? ReportTone::Warning : ReportTone::Plain});
            ReportFacts facts;
            if (!hint.evidence.empty())
                facts.facts.push_back({"Evidence", report_text(hint.evidence)});
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
        add_heading("How it was examined");
        facts.facts.push_back(
            {"Panel", report_line(panel.name) + calibration_note(panel) +
                          (panel.starter ? " (starter)" : "") +
                          "; its experts' weights are listed " +
                          (in_case() ? "on the cover" : "under \u201CThe panel\u201D")});
        facts.facts.push_back({"Panel digest", report_line(panel.digest), true});
        facts.facts.push_back(
            {"Weights are", panel.ema ? "moving averages (EMA)" : "raw parameters, no EMA"});
        facts.facts.push_back({"Precision", std::string(precision_name(record_.by.precision)) +
                                                ", preprocessing version " +
                                                std::to_string(record_.preprocessing)});
        facts.facts.push_back(
            {"Device",
             report_line(record_.device.id + ": " + record_.device.name +
                         (record_.device.detail.empty() ? "" : ", " + record_.device.detail))});
        const auto took = "in " + rounded_text(record_.examination.seconds) + " s";
        facts.facts.push_back({"Examined", in_case()
                                               ? moment_text(record_.scored) + " by " +
                                                     report_line(record_.scored_by) + ", " + took
                                               : took});
        const auto text = joined(record_.versions, "; ", [](const auto& each) {
            return report_line(each.first + ' ' + each.second);
        });
        facts.facts.push_back({"Versions", or_words(text, "not recorded")});
        add(facts);
    }

    void add_metadata() {
        if (record_.examination.width == 0)
            return;
        add_heading("Embedded metadata (EXIF, XMP, IPTC)");
        ReportFacts facts;
        for (const auto& [key, value] : record_.examination.facts.metadata)
            facts.facts.push_back({report_line(key), report_text(value)});
        if (facts.facts.empty())
            add(ReportParagraph{"The file has none.", ReportTone::Quiet});
        else
            add(facts);
    }

    const ExhibitRecord& record_;
    const std::vector<std::uint8_t>& thumbnail_;
    const ThresholdProfile& thresholds_;
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
            return {band_name(band), tone_of(band)};
        }
        case ExhibitState::NoAssessment:
            return {band_name(Band::NoAssessment), tone_of(Band::NoAssessment)};
        case ExhibitState::Failed:
            return {"could not be examined", ReportTone::Warning};
        case ExhibitState::Unscored:
            break;
    }
    return {"not scored", ReportTone::Quiet};
}

ReportSection exhibit_section(const ExhibitRecord& record,
                              const std::vector<std::uint8_t>& thumbnail,
                              const ThresholdProfile& thresholds) {
    return Section(record, thumbnail, thresholds).write();
}

}  // namespace dfd
