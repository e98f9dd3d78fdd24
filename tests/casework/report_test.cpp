// What a report says to people: on its cover, under its heatmaps, and in its technical part.
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "core/casework/exhibits/review.h"
#include "core/casework/exhibits/small_jpeg.h"
#include "core/casework/report/case_report.h"
#include "core/casework/report/case_text.h"
#include "core/casework/report/exhibit_section.h"
#include "core/casework/report/export_case.h"
#include "core/casework/report/findings.h"
#include "core/casework/report/picture_report.h"
#include "core/casework/report/report_text.h"
#include "core/opinion/expert_words.h"
#include "core/opinion/limits.h"
#include "core/opinion/story.h"
#include "core/picture/pixels/png_text.h"
#include "tests/casework/case_fixture.h"
#include "tests/casework/report_reading.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;

class Reports : public test::Casework {
  protected:
    Reports() {
        auto panel = test::fake_panel("fake", 3, false);
        for (auto& expert : panel.experts)
            expert.gradcam_layer = "trunk.9";
        auto& measured = panel.calibrations.at(0).answers.at(0);
        measured.real = 120;
        measured.real_groups = 60;
        measured.fake = 80;
        measured.fake_groups = 40;
        measured.cllr = 0.5;
        evaluator = std::make_shared<test::FakeEvaluator>(panel);
        first = picture("first.png", 1);
        second = picture("second.png", 2);
        picture("third.png", 3);
        CaseFile file(case_path(), CaseAccess::Create, "anna");
        scan_all(file);
        const auto id = named_exhibit(file, first);
        mark_exhibits(file, {&id, 1}, Mark::Suspicious);
    }

    [[nodiscard]] std::string report(const std::vector<ExhibitId>& ids) const {
        ExportRequest request;
        request.out = folder / "report.html";
        request.ids = ids;
        (void)export_case(case_path(), request);
        return test::file_bytes(request.out);
    }

    std::filesystem::path first, second;
};

TEST_F(Reports, MapsLieOnAGreyPictureAndTheMeanHasItsOwnScale) {
    const CaseFile file(case_path(), CaseAccess::Read);
    auto record = read_exhibit(file, named_exhibit(file, first), false);
    auto& opinion = record.examination.opinion.value();
    for (auto& expert : opinion.experts)
        expert.map = HeatMap{12, 12, std::vector<float>(144, 0)};
    auto& peak = opinion.experts[0].map->values;
    for (const int row : {4, 5, 6, 7})
        for (const int column : {4, 5, 6, 7})
            peak[static_cast<std::size_t>(12 * row + column)] = 3;
    Pixels red{96, 96, {}};
    for (int i = 0; i < 96 * 96; ++i)
        red.rgb.insert(red.rgb.end(), {240, 10, 10});
    std::vector<Pixels> shown;
    std::string words;
    for (const auto& block : exhibit_section(record, small_jpeg(red, 96), {}).blocks) {
        if (const auto* pictures = std::get_if<ReportPictures>(&block))
            for (const auto& each : pictures->pictures)
                shown.push_back(decode_picture(each.jpeg).pixels);
        if (const auto* scale = std::get_if<ReportScale>(&block))
            words = scale->words;
    }
    EXPECT_SAYS(words, "not what was changed");
    EXPECT_SAYS(words, "A white line surrounds the strongest part");
    ASSERT_EQ(shown.size(), 5u);  // the picture, the mean, three experts
    const auto pixel = [&](std::size_t which, int x, int y) {
        const auto at = static_cast<std::size_t>(3 * (96 * y + x));
        const auto& rgb = shown.at(which).rgb;
        return std::array<int, 3>{rgb[at], rgb[at + 1], rgb[at + 2]};
    };
    const auto colour = [](const std::array<int, 3>& rgb) {
        return std::ranges::max(rgb) - std::ranges::min(rgb);
    };
    EXPECT_GT(colour(pixel(0, 4, 4)), 200);  // the picture keeps its colours
    for (const std::size_t map : {1, 2, 3, 4})
        EXPECT_LT(colour(pixel(map, 4, 4)), 10) << map;
    // The mean of a map and two empty ones is a third of it. On its own scale it is as bright.
    EXPECT_GT(colour(pixel(2, 48, 48)), 40);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_NEAR(pixel(1, 48, 48)[i], pixel(2, 48, 48)[i], 6);
    EXPECT_LT(colour(pixel(3, 48, 48)), 10);
    int brightest = 0;  // the line, in the mean
    for (int x = 20; x < 48; ++x)
        brightest = std::max(brightest, std::ranges::min(pixel(1, x, 48)));
    EXPECT_GT(brightest, 150);

    for (auto& value : peak)
        value = 1;
    words.clear();
    for (const auto& block : exhibit_section(record, small_jpeg(red, 96), {}).blocks) {
        if (const auto* pictures = std::get_if<ReportPictures>(&block))
            for (const auto& each : pictures->pictures)
                shown.push_back(decode_picture(each.jpeg).pixels);
        if (const auto* scale = std::get_if<ReportScale>(&block))
            words = scale->words;
    }
    EXPECT_SAYS(words, "No map is concentrated in one place, so all are faint.");
    // An even map is as strong everywhere, and yet not drawn in its full colour.
    ASSERT_EQ(shown.size(), 10u);
    EXPECT_LT(colour(pixel(7, 48, 48)), colour(pixel(2, 48, 48)) / 2 + 10);
}

/// The text of the tables and facts before and after the technical heading.
std::pair<std::string, std::string> parts_of(const ReportSection& section) {
    std::pair<std::string, std::string> parts;
    bool technical = false;
    for (const auto& block : section.blocks) {
        auto& text = technical ? parts.second : parts.first;
        if (const auto* heading = std::get_if<ReportHeading>(&block))
            technical |= heading->text == "How it was examined";
        if (const auto* paragraph = std::get_if<ReportParagraph>(&block))
            text += paragraph->text + '\n';
        if (const auto* list = std::get_if<ReportList>(&block))
            for (const auto& item : list->items)
                text += item + '\n';
        if (const auto* pictures = std::get_if<ReportPictures>(&block))
            for (const auto& each : pictures->pictures)
                text += each.caption + '\n';
        if (const auto* scale = std::get_if<ReportScale>(&block))
            text += scale->words + '\n';
        if (const auto* verdict = std::get_if<ReportVerdict>(&block))
            text += verdict->question + '\n' + verdict->word + '\n' + verdict->figure + '\n' +
                    verdict->beside + '\n';
        if (const auto* facts = std::get_if<ReportFacts>(&block))
            for (const auto& fact : facts->facts)
                text += fact.name + ' ' + fact.value + '\n';
        if (const auto* table = std::get_if<ReportTable>(&block)) {
            for (const auto& column : table->columns)
                text += column.title + '\n';
            for (const auto& row : table->rows)
                for (const auto& cell : row.cells)
                    text += cell + '\n';
        }
    }
    return parts;
}

TEST_F(Reports, PeopleReadTitlesAndTheTechnicalPartHasTheNames) {
    const CaseFile file(case_path(), CaseAccess::Read);
    auto record = read_exhibit(file, named_exhibit(file, first), true);
    auto& opinion = record.examination.opinion.value();
    opinion.experts[0].looked_at = LookedAt{24, 256, 0.13};
    for (auto& sentence : looked_at_sentences(opinion))
        record.examination.warnings.push_back(sentence);
    const auto [people, technical] =
        parts_of(exhibit_section(record, small_jpeg(test::numbered_picture(3, 96), 96), {}));
    const auto words = words_for(opinion.experts);
    for (std::size_t i = 0; i < opinion.experts.size(); ++i) {
        const auto& name = opinion.experts[i].name;
        ASSERT_NE(words[i].title, name);
        EXPECT_SAYS(people, words[i].title);
        EXPECT_SAYS(people, words[i].looks_at);
        EXPECT_EQ(people.find(name), std::string::npos) << name << " in:\n" << people;
        EXPECT_SAYS(technical, words[i].title);
        EXPECT_SAYS(technical, name);
        EXPECT_SAYS(technical, figure_text(opinion.experts[i].score));
        EXPECT_SAYS(technical, figure_text(opinion.experts[i].logits[1]));
    }
    EXPECT_SAYS(people, "The expert " + words[0].title + " looked at 24 windows");
    EXPECT_SAYS(technical, figure_text(opinion.spread));
    for (const auto* term : {"Logit", "logit", "Layer", "Grad-CAM", "trunk.9"}) {
        EXPECT_EQ(people.find(term), std::string::npos) << term;
    }
    for (const auto* term : {"Logit real", "Logit fake", "Layer of the map", "trunk.9"})
        EXPECT_SAYS(technical, term);
}

/// Keeps the sections of a report.
class KeptSections : public ReportWriter {
  public:
    explicit KeptSections(std::vector<ReportSection>& kept) : kept_(kept) {}
    void begin(const std::string&, const std::string&) override {}
    void add(const ReportSection& section) override { kept_.push_back(section); }
    void begin_table(const ReportSection&, const std::vector<ReportColumn>&) override {}
    void add_row(const ReportRow&) override {}
    void end_table() override {}
    void end() override {}

  private:
    std::vector<ReportSection>& kept_;
};

TEST_F(Reports, OfOnePictureTheFirstPageIsForWhoMustDecide) {
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto record = read_exhibit(file, named_exhibit(file, first), false);
    PictureReport report;
    report.examination = record.examination;
    report.by = record.by;
    report.by.panel.starter = true;
    report.program = "DeepFakeDefenders 0.0.0";
    report.thumbnail = report_thumbnail(test::numbered_picture(3, 96));
    auto& opinion = report.examination.opinion.value();
    for (auto& expert : opinion.experts)
        expert.map = HeatMap{2, 2, {0, 0, 0, 1}};
    const std::string declared = "The file itself declares that a generator made it.";
    ProvenanceHint hint;
    hint.sentence = declared;
    hint.declares_generated = true;
    report.examination.facts.provenance = {hint};

    std::vector<ReportSection> sections;
    const auto write = [&] {
        sections.clear();
        write_picture_report(report, folder / "one",
                             [&](const ReportSink&) -> std::unique_ptr<ReportWriter> {
                                 return std::make_unique<KeptSections>(sections);
                             });
    };
    write();
    ASSERT_EQ(sections.size(), 4u);  // the page, the examination, the panel, the limits
    EXPECT_FALSE(sections[0].own_page);
    EXPECT_TRUE(sections[1].own_page);
    for (const auto& [anchor, words] : sections[0].links)
        EXPECT_TRUE(anchor == sections[1].anchor || anchor == sections[3].anchor) << words;
    const auto page = parts_of(sections[0]).first;
    const auto words = words_for(opinion.experts);
    for (const auto& expert : words)
        EXPECT_SAYS(page, expert.title);
    const auto figure = score_figure(opinion.score, bands_for(opinion, 0, report.bands));
    EXPECT_SAYS(page, figure);
    EXPECT_SAYS(page, kTrialCaution);
    EXPECT_SAYS(page, "It is not the probability that the picture is fake");
    EXPECT_SAYS(page, "can also make real pictures look fake");
    EXPECT_LT(page.find(declared), page.find(figure));
    for (const auto& technical :
         {report.examination.facts.sha256, report.by.panel.digest, opinion.experts[0].name,
          std::string("Logit"), figure_text(opinion.score)}) {
        EXPECT_EQ(page.find(technical), std::string::npos) << technical;
        const auto [people, rest] = parts_of(sections[1]);
        EXPECT_NE((people + rest).find(technical), std::string::npos) << technical;
    }
    EXPECT_EQ(page.find("EXIF"), std::string::npos);
    for (const auto& block : sections[0].blocks)
        if (const auto* pictures = std::get_if<ReportPictures>(&block)) {
            EXPECT_TRUE(pictures->large);
            EXPECT_EQ(pictures->pictures.size(), 2u);  // the picture and the mean
        }

    // A combination of the user's own is said there, too.
    combine(opinion, std::vector<double>{0, 1, 1});
    write();
    EXPECT_SAYS(parts_of(sections.at(0)).first, combination_sentence(with_titles(opinion)));

    // And why there is no score.
    report.examination.opinion.reset();
    report.examination.state = ExaminationState::Failed;
    report.examination.failure.message = "The file is damaged.";
    write();
    ASSERT_EQ(sections.size(), 3u);  // without a panel
    EXPECT_SAYS(parts_of(sections[0]).first, "The file is damaged.");
}

TEST_F(Reports, TheCoverSaysWhatWasFound) {
    CaseFile file(case_path(), CaseAccess::Write, "anna");
    // What a file says of itself, as a generator leaves it.
    const auto made = pictures() / "made.png";
    write_png(made, test::numbered_picture(9),
              {{"parameters",
                "a red house\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, "
                "Size: 512x512, Model: sd15"}});
    test::age(made);
    scan_all(file);
    const auto declaring = declaring_exhibits(file);
    ASSERT_EQ(declaring.size(), 1u);
    EXPECT_EQ(declaring[0], named_exhibit(file, made));
    EXPECT_SAYS(case_info_text(file), "1 file states itself that a generator made it\n");
    EXPECT_SAYS(case_info_text(file), made.native());
    EXPECT_EQ(json::parse(case_info_json(file))["declares_generated"], 1);

    set_thresholds(file, {"all", BandThresholds{0, 0.0001}});
    const auto html = report(find_exhibits(file));
    const auto start = html.find("<h3>What was found</h3>"), end = html.find("<h3>Panels</h3>");
    ASSERT_LT(html.find("<h3>Counts</h3>"), start);
    ASSERT_LT(start, end);
    const auto found = html.substr(start, end - start);
    const auto text = test::shown_text(found);
    EXPECT_SAYS(text, "1 file states itself that a generator made it:");
    EXPECT_SAYS(text, "exhibits look fake:");
    EXPECT_SAYS(text, "1 exhibit is marked suspicious:");
    const auto link = [](ExhibitId id) { return "<a href=\"#" + exhibit_anchor(id) + "\">"; };
    EXPECT_SAYS(found, link(named_exhibit(file, made)));
    EXPECT_SAYS(found, link(named_exhibit(file, first)));
    // The highest score first.
    const auto fakes = found.substr(found.find("look fake:"));
    ExhibitFilter scored;
    scored.state = ExhibitState::Scored;
    std::size_t before = 0;
    for (const auto id : find_exhibits(file, scored, ExhibitOrder::Score, true)) {
        const auto at = fakes.find(link(id));
        ASSERT_NE(at, std::string::npos) << id;
        EXPECT_LT(before, at);
        before = at;
    }

    set_thresholds(file, {"none", BandThresholds{0, 1}});
    EXPECT_SAYS(
        test::shown_text(report({named_exhibit(file, second)})),
        "No file states that a generator made it, no exhibit looks fake, and none is marked "
        "suspicious. That does not show that the pictures are real.");
}

TEST_F(Reports, TheListShowsEachPicture) {
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto html = report(find_exhibits(file));
    const auto start = html.find("id=\"exhibits\"");
    ASSERT_NE(start, std::string::npos);
    const auto list = html.substr(start, html.find("</section>", start) - start);
    std::size_t pictures = 0;
    for (auto at = list.find("<img "); at != std::string::npos; at = list.find("<img ", at + 1))
        ++pictures;
    EXPECT_EQ(pictures, 3u);
    EXPECT_EQ(test::markup_fault(html), "");
    EXPECT_SAYS(list, "\">first.png</a></td><td><img class=\"small\"");
}

TEST_F(Reports, TheCoverNamesTwentyOfAKindAndCountsTheRest) {
    const CaseFile file(case_path(), CaseAccess::Read);
    const QuestionBands bands = BandThresholds{0.1, 0.2};
    Findings found(file, bands);
    for (int i = 0; i < 50; ++i) {
        ExhibitRow row;
        row.id = 1000 + i;
        row.state = ExhibitState::Scored;
        row.score = 0.5 + (i * 7 % 50) / 1000.0;
        found.take(row, i + 1);
    }
    ReportSection cover;
    found.add_to(cover, "A caution.");
    const auto [text, none] = parts_of(cover);
    EXPECT_SAYS(text, "A caution.\n50 exhibits look fake. The highest 20:");
    const auto* table = std::get_if<ReportTable>(&cover.blocks.back());
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), kNamedFindings);
    for (std::size_t i = 0; i < kNamedFindings; ++i) {  // 49, 48, ... thousandths above 0.5
        const auto best = 49 - static_cast<int>(i);
        EXPECT_EQ(table->rows[i].cells[2], score_figure(0.5 + best / 1000.0, {0.1, 0.2}));
        const int at = best * 43 % 50;  // 7 * 43 = 1 modulo 50
        EXPECT_EQ(table->rows[i].cells[0], std::to_string(at + 1));
        EXPECT_EQ(table->rows[i].target, exhibit_anchor(1000 + at));
    }
}

constexpr const char* kPopulation =
    "120 real pictures in 60 groups and 80 fakes in 40 groups, of measured.csv, 2026-11-29";

TEST_F(Reports, AScoreComesWithWhatItIsWorthByHand) {
    const CaseFile file(case_path(), CaseAccess::Read);
    auto record = read_exhibit(file, named_exhibit(file, first), false);
    auto& opinion = record.examination.opinion.value();
    const auto people = [&] { return parts_of(exhibit_section(record, {}, {})).first; };
    for (auto& expert : opinion.experts)
        expert.logits = {0, std::log(9.0)};
    combine(opinion);
    auto text = people();
    for (const auto* part :
         {"favours \"a fake of the kinds measured\" over \"a real picture of the kinds measured\"",
          "\u201Ca fake of the kinds measured\u201D against \u201Ca real picture of the kinds "
          "measured\u201D",
          "9.0 to 1 for the first over the second: weak support (log10 LR 0.954)",
          "This calibration states at most 100 to 1, either way.", kSupportWordsSource,
          "Of 100 real pictures like those measured, about 4 score this high (2 to 7).",
          "A score this low is not unusual for a fake like those measured.", kPopulation,
          "Cllr 0.500 bits out of fold"})
        EXPECT_SAYS(text, part);
    for (auto& expert : opinion.experts)
        expert.logits = {std::log(9.0), 0};
    combine(opinion);
    EXPECT_SAYS(people(), "9.0 to 1 for the second over the first: weak support (log10 LR -0.954)");
    // With questions each answer weighs its own statements.
    opinion.answers.push_back({.id = "q", .text = "Edited?", .fake = "Cut.", .real = "Whole."});
    combine(opinion);
    EXPECT_SAYS(people(), "\u201CCut\u201D against \u201CWhole\u201D");
    opinion.calibration.reset();
    EXPECT_SAYS(people(), "none is stated. Nobody measured what such scores");
}

TEST_F(Reports, CoverExhibitAndPictureReportHaveTheSameCalibration) {
    const CaseFile file(case_path(), CaseAccess::Read);
    const auto html = report(find_exhibits(file));
    const auto exhibits = html.find("id=\"" + exhibit_anchor(named_exhibit(file, first)));
    ASSERT_NE(exhibits, std::string::npos);
    const auto panel = parts_of(panel_section(recorded_scorer(file, shown_scorer(file)))).first;
    for (const auto& text : {test::shown_text(html.substr(0, exhibits)), panel}) {
        for (const auto* part :
             {kPopulation, "This calibration states at most 100 to 1, either way.",
              kSupportWordsSource,
              "from 0.65 on. Of 100 real pictures like those measured, about "
              "4 score this high (2 to 7).",
              "up to 0.35. Of 100 fakes like those measured, about 3 score this low (1 to 6).",
              "none: every picture gets an assessment"})
            EXPECT_SAYS(text, part);
    }
    const auto text = test::shown_text(html.substr(exhibits));
    for (const auto* part : {"favours", "Of 100 ", "at most 100 to 1", kPopulation})
        EXPECT_SAYS(text, part);
    auto by = recorded_scorer(file, shown_scorer(file));
    by.panel.calibrations.clear();
    EXPECT_SAYS(parts_of(panel_section(by)).first, "Nobody measured what such scores");
}

/// State and extent of each check.
std::map<std::string, std::pair<std::string, std::string>> checks_of(const ExhibitRecord& record) {
    std::map<std::string, std::pair<std::string, std::string>> checks;
    for (const auto& block : exhibit_section(record, {}, {}).blocks)
        if (const auto* table = std::get_if<ReportTable>(&block))
            if (table->columns.front().title == "Check")
                for (const auto& row : table->rows)
                    checks[row.cells.at(0)] = {row.cells.at(1), row.cells.at(2)};
    return checks;
}

TEST_F(Reports, EveryCheckHasAStateAndAReason) {
    const CaseFile file(case_path(), CaseAccess::Read);
    auto record = read_exhibit(file, named_exhibit(file, first), false);
    auto checks = checks_of(record);
    for (const auto& [check, state] : checks) {
        EXPECT_FALSE(state.first.empty()) << check;
        EXPECT_FALSE(state.second.empty()) << check;
    }
    const auto state = [&](const std::string& check) { return checks.at(check).first; };
    const auto reason = [&](const std::string& check) { return checks.at(check).second; };
    for (const auto* made : {"Decoding of the picture", "Score by the panel", "Likelihood ratio",
                             "Statements of the file about its origin",
                             "Content Credentials (C2PA)", "Settings hidden in the pixels"})
        EXPECT_EQ(state(made), "made") << made;
    EXPECT_EQ(reason("Score by the panel"), "3 of 3 experts count.");
    for (const auto* open :
         {"Heatmaps", "Deletion test of the heatmaps", "Stability under re-sharing"})
        EXPECT_EQ(state(open), "not made") << open;
    EXPECT_EQ(state("Source, time and place of the picture"), "not possible");

    auto& facts = record.examination.facts;
    facts.stored_width = facts.stored_height = 8000;
    facts.frames = 3;
    facts.provenance.emplace_back().kind = ProvenanceKind::ContentCredentials;
    auto& opinion = record.examination.opinion.value();
    combine(opinion, std::array{0.0, 1.0, 1.0});
    checks = checks_of(record);
    EXPECT_SAYS(reason("Settings hidden in the pixels"), "at most 32 megapixels");
    EXPECT_SAYS(reason("Further frames or pages"), "The file has 3");
    EXPECT_EQ(state("Content Credentials (C2PA)"), "made in part");
    EXPECT_SAYS(reason("Content Credentials (C2PA)"), "no signature was checked");
    EXPECT_EQ(state("Score by the panel"), "made in part");
    EXPECT_EQ(reason("Score by the panel"), "2 of 3 experts count.");
    EXPECT_EQ(state("Likelihood ratio"), "not made");
    EXPECT_SAYS(reason("Likelihood ratio"), "by hand");
    const auto title = words_for(opinion.experts)[0].title;
    EXPECT_SAYS(reason("Expert \u201C" + title + "\u201D"), "muted");
    facts.format = "JPEG";
    record.by.panel.left_out = {"another-1"};
    checks = checks_of(record);
    EXPECT_SAYS(reason("Settings hidden in the pixels"), "only in PNG and WebP");
    EXPECT_EQ(state("Expert \u201Canother-1\u201D"), "not possible");
    EXPECT_EQ(reason("Score by the panel"), "2 of 4 experts count.");
    // A picture that is not of the kinds measured, and one that cannot be decoded.
    combine(opinion, std::array{1.0, 1.0, 1.0});
    auto answers = *opinion.calibration;
    answers.at(0).scope = {{"shorter_side", 500}};
    opinion.calibration = std::make_shared<const std::vector<AnswerCalibration>>(answers);
    opinion.traits = PictureTraits{.shorter_side = 64};
    checks = checks_of(record);
    EXPECT_EQ(state("Likelihood ratio"), "not possible");
    EXPECT_SAYS(reason("Likelihood ratio"), "its shorter side has 64 pixels");
    record.examination.opinion.reset();
    record.examination.state = ExaminationState::Failed;
    record.examination.failure.message = "It is damaged.";
    record.examination.width = 0;
    checks = checks_of(record);
    EXPECT_EQ(checks.size(), 3u);
    EXPECT_EQ(state("Score by the panel"), "not possible");
    EXPECT_EQ(reason("Decoding of the picture"), "It is damaged.");
}

}  // namespace
}  // namespace dfd
