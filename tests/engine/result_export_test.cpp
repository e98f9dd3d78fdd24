#include "core/engine/results/result_export.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/engine/results/map_text.h"
#include "core/opinion/disagreement.h"
#include "core/opinion/story.h"
#include "core/picture/picture.h"
#include "core/picture/pixels/map_base.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/png_text.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

Examination scored() {
    Examination seen;
    seen.id = 1;
    seen.source.path = "/a folder/pic, \"one\".png";
    seen.state = ExaminationState::Explained;
    seen.width = 8;
    seen.height = 4;
    seen.facts.sha256 = std::string(64, 'a');
    seen.facts.decoder = "OpenCV 4.6.0";
    seen.facts.orientation = 6;
    seen.facts.alpha = true;
    seen.seconds = 0.25;
    seen.warnings = {"The picture has transparency, which was dropped."};
    auto& opinion = seen.opinion.emplace();
    for (int i = 0; i < 2; ++i) {
        auto& expert = opinion.experts.emplace_back();
        expert.index = i;
        expert.name = "expert " + std::to_string(i);
        expert.architecture = "convnextv2_atto";
        expert.logits = {0.1, 0.1 + i};
        expert.map = HeatMap{1, 2, {0.0f, 0.1f + static_cast<float>(i)}};
    }
    combine(opinion);
    return seen;
}

/// With a fusion of both experts.
AnswerCalibrations fused_calibration() {
    AnswerCalibration calibration;
    calibration.fusion = {{{"expert 0", 2}, {"expert 1", 0.25}}, 0.5};
    return std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
}

ScoredBy by() {
    ScoredBy by;
    by.panel.name = "starter";
    by.panel.digest = std::string(64, 'd');
    by.panel.starter = true;
    by.panel.experts.resize(2);
    by.panel.experts[0].name = "expert 0";
    by.panel.experts[1].name = "expert 1";
    by.device = "cpu";
    return by;
}

TEST(ResultExport, JsonCarriesEveryFigureExactly) {
    const auto seen = scored();
    const auto line = to_json(seen, by(), true);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto object = json::parse(line);
    EXPECT_EQ(object["path"], seen.source.path.native());
    EXPECT_EQ(object["score"].get<double>(), seen.opinion->score);
    EXPECT_EQ(object["spread"].get<double>(), seen.opinion->spread);
    EXPECT_EQ(object["band"]["name"], band_name(band_of(seen.opinion->score)));
    EXPECT_EQ(object["experts"][1]["logits"][1].get<double>(), 1.1);
    EXPECT_EQ(object["experts"][1]["without"].get<double>(), seen.opinion->experts[1].without);
    EXPECT_EQ(object["experts"][1]["gradcam"][0][1].get<float>(), 1.1f);
    EXPECT_EQ(object["panel"]["starter"], true);
    EXPECT_SAYS(object["panel"]["caution"].get<std::string>(), "It is often wrong, both ways.");
    EXPECT_EQ(object["precision"], "fp32");
    EXPECT_EQ(object["warnings"].size(), 1u);
    EXPECT_EQ(object["file"]["decoder"], "OpenCV 4.6.0");
    EXPECT_EQ(object["file"]["orientation"], 6);
    EXPECT_EQ(object["file"]["alpha"], true);
    EXPECT_EQ(object["file"]["frames"], 1);
    EXPECT_FALSE(json::parse(to_json(seen, by(), false))["experts"][0].contains("gradcam"));
}

TEST(ResultExport, JsonHasProvenanceBesideTheScore) {
    auto seen = scored();
    EXPECT_TRUE(json::parse(to_json(seen, by(), false))["provenance"].empty());
    const auto before = json::parse(to_json(seen, by(), false))["score"];
    seen.facts.provenance.push_back({ProvenanceKind::GenerationParameters,
                                     "The file itself declares it.",
                                     "PNG text",
                                     true,
                                     {{"Model", "m"}, {"Prompt", "p"}}});
    const auto object = json::parse(to_json(seen, by(), false));
    EXPECT_EQ(object["score"], before);
    const auto& hint = object["provenance"].at(0);
    EXPECT_EQ(hint["kind"], "generation_parameters");
    EXPECT_EQ(hint["sentence"], "The file itself declares it.");
    EXPECT_EQ(hint["declares_generated"], true);
    EXPECT_EQ(hint["evidence"], "PNG text");
    EXPECT_EQ(hint["details"][1]["name"], "Prompt");
    EXPECT_EQ(hint["details"][1]["value"], "p");
}

TEST(ResultExport, DisagreementIsInEveryFormat) {
    auto seen = scored();  // 0.5 and 0.731
    const auto found = disagreement_of(*seen.opinion);
    auto object = json::parse(to_json(seen, by(), false));
    const auto& figures = object["disagreement"];
    EXPECT_EQ(figures["mean"].get<double>(), seen.opinion->score);
    EXPECT_EQ(figures["spread"].get<double>(), seen.opinion->spread);
    EXPECT_EQ(figures["range"].get<double>(), found.range);
    EXPECT_EQ(figures["fake_votes"], 2);
    EXPECT_EQ(figures["real_votes"], 0);
    EXPECT_EQ(figures["mutual_information"].get<double>(), found.mutual_information);
    EXPECT_EQ(figures["flipped_by"], json::array());
    EXPECT_EQ(figures["architectures"][0]["experts"], 2);
    EXPECT_EQ(object["combination"], json({{"reference", true}}));
    EXPECT_EQ(object["summary"], summary_of(*seen.opinion, seen.warnings));

    seen.opinion->experts[0].logits = {2, 0};  // 0.119: without expert 1 the panel says real
    seen.opinion->experts[1].logits = {0, 3};  // 0.953
    combine(*seen.opinion);
    object = json::parse(to_json(seen, by(), false));
    EXPECT_EQ(object["disagreement"]["flipped_by"], json::array({"expert 1"}));
    EXPECT_NE(to_csv(seen, by()).find(",1,1,"), std::string::npos);
    EXPECT_TRUE(to_csv(seen, by()).ends_with(",expert 1,"));
}

TEST(ResultExport, TablesHaveBothRatesAndWhatWasMeasured) {
    auto seen = scored();
    auto scorer = by();
    MeasuredAnswer measured;
    measured.answer.slope = 0;  // LR 2 for every score
    measured.answer.bias = std::log(2.0);
    measured.answer.bound = 0.25;  // below log10 of 2
    measured.answer.alarms = {{0, 1, 1, 1}, {0.25, 0.125, 0.0625, 0.5}};
    measured.answer.misses = {{1, 0.75, 0.5, 1}};
    measured.answer.unusual_real_from = 0.25;
    measured.manifest = "a, b.csv";
    measured.date = "2026-11-29";
    measured.real = 9;
    measured.real_groups = 8;
    measured.fake = 7;
    measured.fake_groups = 6;
    scorer.panel.calibrations = {{"d", "fp32", {}, {measured}}};
    seen.opinion->calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(1, measured.answer);
    EXPECT_TRUE(csv_header(scorer.panel)
                    .ends_with(",weights,log10 LR,bound of log10 LR,false alarms,false alarms "
                               "low,false alarms high,support,false alarms at,misses,misses "
                               "low,misses high,misses at,measured on,measured date,measured "
                               "real,measured real groups,measured fake,measured fake groups"))
        << csv_header(scorer.panel);
    EXPECT_TRUE(to_csv(seen, scorer)
                    .ends_with(",0.25,0.25,0.125,0.0625,0.5,no support,0.25,0.75,0.5,1.0,1.0,\"a, "
                               "b.csv\",2026-11-29,9,8,7,6"))
        << to_csv(seen, scorer);
    // A calibration of an older version knows no misses.
    measured.answer.misses.clear();
    seen.opinion->calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(1, measured.answer);
    EXPECT_SAYS(to_csv(seen, scorer), ",no support,0.25,,,,,\"a, b.csv\",");
    // Outside of the scope there is only the reason.
    measured.answer.scope = {{"shorter_side", 1000}};
    seen.opinion->calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(1, measured.answer);
    seen.opinion->traits = PictureTraits{.shorter_side = 64};
    EXPECT_TRUE(to_csv(seen, scorer).ends_with(",,,,,,no assessment: shorter_side,,,,,,,,,,,"))
        << to_csv(seen, scorer);
}

TEST(ResultExport, QuestionsAreSeparate) {
    auto seen = scored();
    auto scorer = by();
    scorer.panel.questions = {{"made", "Made?", "It was made.", "It was not made."},
                              {"edited", "Edited?", "It was edited.", "It was not edited."}};
    scorer.panel.experts[1].question = 1;
    seen.opinion->answers = open_opinion(scorer.panel).answers;
    seen.opinion->experts[1].question = 1;
    combine(*seen.opinion);  // 0.5 and 0.731
    const auto object = json::parse(to_json(seen, scorer, false));
    EXPECT_EQ(object["question"], "edited");
    EXPECT_EQ(object["score"], object["experts"][1]["score"]);
    ASSERT_EQ(object["questions"].size(), 2u);
    const auto& made = object["questions"][0];
    EXPECT_EQ(made["id"], "made");
    EXPECT_EQ(made["text"], "Made?");
    EXPECT_EQ(made["fake"], "It was made.");
    EXPECT_EQ(made["score"], 0.5);
    EXPECT_EQ(made["band"], "undecided");
    EXPECT_EQ(made["experts"], json::array({"expert 0"}));
    EXPECT_EQ(made["disagreement"]["fake_votes"], 1);
    EXPECT_EQ(object["questions"][1]["score"], object["score"]);
    EXPECT_EQ(object["experts"][0]["question"], "made");
    EXPECT_TRUE(csv_header(scorer.panel)
                    .ends_with(",question,score made,spread made,band made,score edited,spread "
                               "edited,band edited"));
    EXPECT_NE(to_csv(seen, scorer).find(",edited,0.5,0.0,undecided,"), std::string::npos);
    EXPECT_TRUE(to_reference_line(seen).ends_with(" (Edited?)"));

    const auto muted = reweighed(seen, std::array{1.0, 0.0});
    const auto left = json::parse(to_json(muted, scorer, false));
    EXPECT_EQ(left["question"], "made");
    EXPECT_EQ(left["questions"][1]["answered"], false);
    EXPECT_TRUE(left["questions"][1]["score"].is_null());
    EXPECT_TRUE(to_csv(muted, scorer).ends_with(",made,0.5,0.0,undecided,,,"));

    const test::TemporaryFolder folder;
    Pixels picture;
    picture.width = 8;
    picture.height = 4;
    picture.rgb.assign(8 * 4 * 3, 100);
    const auto files = write_heatmaps(folder.path(), picture, seen, scorer, "d");
    ASSERT_EQ(files.size(), 4u);
    EXPECT_NE(files[0].native().find("-mean-made.png"), std::string::npos);
    EXPECT_NE(files[1].native().find("-mean-edited.png"), std::string::npos);
    EXPECT_EQ(test::png_text(files[0])["Description"],
              scorer.panel.questions[0].text + " Mean of its experts");
}

TEST(ResultExport, OtherCombinationsSaySo) {
    const auto seen = scored();
    const auto weighed = reweighed(seen, std::array{0.5, 0.0});
    EXPECT_EQ(weighed.opinion->score, seen.opinion->experts[0].score);
    EXPECT_EQ(weighed.warnings, seen.warnings);
    EXPECT_TRUE(weighed.opinion->experts[1].map);
    const auto object = json::parse(to_json(weighed, by(), false));
    EXPECT_EQ(object["combination"],
              json({{"reference", false}, {"weights", {{"expert 0", 0.5}, {"expert 1", 0.0}}}}));
    EXPECT_TRUE(
        object["summary"].get<std::string>().starts_with("This is not the reference combination"));
    EXPECT_TRUE(to_csv(weighed, by()).ends_with(",\"expert 0=0.5; expert 1=0.0\""));
    EXPECT_THROW((void)reweighed(seen, std::array{1.0}), std::invalid_argument);
    Examination failed;
    failed.state = ExaminationState::Failed;
    EXPECT_FALSE(reweighed(failed, std::array{1.0}).opinion);
}

TEST(ResultExport, AnExpertWithoutAnOpinionIsNotWeighted) {
    auto seen = scored();
    set_unavailable(seen.opinion->experts[1], "It is too odd.");
    combine(*seen.opinion);
    AnswerCalibration calibration;
    calibration.alarms = {{0, 1, 1, 1}};
    seen.opinion->calibration =
        std::make_shared<const std::vector<AnswerCalibration>>(1, calibration);
    const auto object = json::parse(to_json(seen, by(), false));
    EXPECT_EQ(object["combination"],
              json({{"reference", false}, {"no_opinion", json::array({"expert 1"})}}));
    EXPECT_EQ(object["assessment"]["reason"], "expert 1 has no opinion");
    EXPECT_EQ(to_csv(seen, by()).find("expert 1="), std::string::npos);

    const auto weighed = reweighed(seen, std::array{0.5, 1.0});
    const auto other = json::parse(to_json(weighed, by(), false));
    EXPECT_EQ(other["combination"]["weights"], json({{"expert 0", 0.5}}));
    EXPECT_EQ(other["assessment"]["reason"], "other combination");
    EXPECT_NE(to_csv(weighed, by()).find("expert 0=0.5"), std::string::npos);
    EXPECT_EQ(to_csv(weighed, by()).find("expert 1="), std::string::npos);
}

TEST(ResultExport, AnExpertForFacesIsOutOfScopeWithoutOne) {
    auto seen = scored();
    const auto before = json::parse(to_json(seen, by(), false))["experts"];
    EXPECT_FALSE(before[1].contains("no_face") || before[1].contains("left"));
    seen.opinion->experts[1].no_face = true;
    combine(*seen.opinion);
    const auto experts = json::parse(to_json(seen, by(), false))["experts"];
    for (const auto* member : {"no_face", "beyond", "left"})
        EXPECT_EQ(experts[1][member], true) << member;
    EXPECT_FALSE(experts[1].contains("distance"));
    EXPECT_FALSE(experts[0].contains("left"));
}

TEST(ResultExport, FailuresHaveAnErrorAndNeverAScore) {
    Examination seen;
    seen.source.path = "/x";
    seen.state = ExaminationState::Failed;
    seen.failure = {"damaged", "The picture is cut off."};
    const auto object = json::parse(to_json(seen, by(), true));
    EXPECT_EQ(object["error"]["code"], "damaged");
    EXPECT_EQ(object["error"]["message"], "The picture is cut off.");
    EXPECT_FALSE(object.contains("score"));
    EXPECT_NE(to_csv(seen, by()).find("damaged: The picture is cut off."), std::string::npos);
}

TEST(ResultExport, NamesThatAreNotUtf8KeepTheirBytes) {
    auto seen = scored();
    seen.source.path = fs::path(std::string("/\xff\xfe.png"));
    const auto object = json::parse(to_json(seen, by(), false));
    EXPECT_EQ(object["path_bytes"], "2ffffe2e706e67");
    // A line for people: no byte of a name can forge another line or steer a terminal.
    EXPECT_TRUE(
        to_reference_line(seen).starts_with("Prediction of [/\\xff\\xfe.png] being Deepfake: "));
}

TEST(ResultExport, CsvQuotesAndCountsItsColumns) {
    const auto header = csv_header(by().panel);
    const auto line = to_csv(scored(), by());
    EXPECT_NE(line.find("\"/a folder/pic, \"\"one\"\".png\""), std::string::npos);
    const auto columns = [](const std::string& text) {
        int count = 1;
        bool quoted = false;
        for (const char c : text) {
            quoted ^= c == '"';
            count += !quoted && c == ',';
        }
        return count;
    };
    EXPECT_EQ(columns(header), columns(line));
    // Existing columns keep their positions; new ones are appended.
    EXPECT_NE(header.find(",error,score expert 0,score expert 1,range,fake votes,"),
              std::string::npos);
    EXPECT_TRUE(header.ends_with(",weights"));
}

TEST(ResultExport, AFusionIsInJsonAndCsv) {
    auto seen = scored();
    EXPECT_EQ(to_csv(seen, by()).find("fusion"), std::string::npos);
    seen.opinion->calibration = fused_calibration();
    combine(*seen.opinion);
    const auto object = json::parse(to_json(seen, by(), false));
    EXPECT_EQ(object["combination"]["fusion"],
              json::parse(R"([{"bias": 0.5, "slopes": {"expert 0": 2.0, "expert 1": 0.25}}])"));
    EXPECT_SAYS(to_csv(seen, by()), "fusion: bias=0.5; expert 0=2.0; expert 1=0.25");
    EXPECT_SAYS(object["summary"].get<std::string>(), "A fusion fitted to labelled pictures");
}

TEST(ResultExport, ReferenceLineHasNineDecimals) {
    auto seen = scored();
    seen.opinion->score = 0.0016829653177410;
    seen.source.path = "demo.jpg";
    EXPECT_EQ(to_reference_line(seen), "Prediction of [demo.jpg] being Deepfake: 0.001682965");
}

TEST(ResultExport, HeatmapsShareOneScale) {
    const test::TemporaryFolder temporary;
    const auto folder = temporary / "heatmaps of one";
    const Pixels grey{8, 4, std::vector<std::uint8_t>(8 * 4 * 3, 128)};
    const auto files = write_heatmaps(folder, grey, scored(), by(), "2026-11-29");
    ASSERT_EQ(files.size(), 3u);
    EXPECT_TRUE(files[0].filename().native().ends_with("-aaaaaaaa-mean.png"));
    const auto weak = read_picture(files[1]), strong = read_picture(files[2]);
    const int base = map_base(128, 128, 128);
    const auto difference = [&](const Picture& overlay) {
        int sum = 0;
        for (size_t i = 0; i < overlay.pixels.rgb.size(); ++i)
            sum += std::abs(overlay.pixels.rgb[i] - base);
        return sum;
    };
    // 0.1 and 1.1 on one scale: the weak expert's overlay barely changes the picture.
    EXPECT_LT(5 * difference(weak), difference(strong));
}

TEST(ResultExport, AHeatmapNeverPassesForAPhotograph) {
    const test::TemporaryFolder temporary;
    Pixels red{8, 4, {}};
    for (int i = 0; i < 8 * 4; ++i)
        red.rgb.insert(red.rgb.end(), {250, 20, 20});
    auto seen = scored();
    seen.opinion->experts[0].architecture = "trace_luma";
    const auto files = write_heatmaps(temporary.path(), red, seen, by(), "2026-11-29");
    // Where the map shows nothing, the picture is grey and darker.
    const auto drawn = read_picture(files[0], {}, Provenance::Sought);
    const auto& rgb = drawn.pixels.rgb;
    EXPECT_EQ(rgb[0], map_base(250, 20, 20));
    EXPECT_TRUE(rgb[0] == rgb[1] && rgb[1] == rgb[2]);
    // The file says what it is, and nothing in it is taken for a statement about a generator.
    for (const auto& hint : drawn.facts.provenance)
        EXPECT_FALSE(hint.declares_generated) << hint.sentence;
    auto text = test::png_text(files[1]);
    EXPECT_EQ(text["Title"], "Heatmap of pic, \"one\".png");
    EXPECT_EQ(text["Description"], "The expert Brightness traces (expert 0)");
    EXPECT_EQ(text["Creation Time"], "2026-11-29");
    EXPECT_EQ(text["Panel"], "starter");
    EXPECT_EQ(text["Panel digest"], std::string(64, 'd'));
    EXPECT_EQ(text["Source SHA-256"], std::string(64, 'a'));
    EXPECT_EQ(text["Comment"], kNotAPhotograph);
    EXPECT_SAYS(text["Comment"], "a heatmap over a picture, not a photograph");
    EXPECT_TRUE(text["Software"].starts_with("DeepFakeDefenders "));
}

TEST(ResultExport, TheMapOfAllExpertsSaysHowTheyAreCombined) {
    using enum Combination;
    EXPECT_EQ(combined_map_name(MeanOfScores, false), "Mean of the experts");
    EXPECT_EQ(combined_map_name(MeanOfLogOdds, false), "Mean of the experts' log-odds");
    EXPECT_EQ(combined_map_name(MeanOfLogOdds, true), "Fusion of the experts");
    EXPECT_EQ(combined_map_name(MeanOfScores, false, "Edited?"), "Edited? Mean of its experts");
    EXPECT_EQ(combined_map_name(MeanOfLogOdds, false, "Edited?"),
              "Edited? Mean of its experts' log-odds");
    EXPECT_EQ(combined_map_name(MeanOfScores, true, "Edited?"), "Edited? Fusion of its experts");

    const test::TemporaryFolder folder;
    const Pixels grey{8, 4, std::vector<std::uint8_t>(8 * 4 * 3, 128)};
    auto seen = scored();
    const auto described = [&] {
        return test::png_text(
            write_heatmaps(folder.path(), grey, seen, by(), "d").front())["Description"];
    };
    EXPECT_EQ(described(), "Mean of the experts");
    seen.opinion->combination = MeanOfLogOdds;
    EXPECT_EQ(described(), "Mean of the experts' log-odds");
    seen.opinion->calibration = fused_calibration();
    EXPECT_EQ(described(), "Fusion of the experts");
}

TEST(ResultExport, TheTextOfAMapIsPrintable) {
    const auto text = map_text("caf\xE9\n.png", "one\ntwo\x07", "", by(), "d");
    EXPECT_EQ(text[0].second, "Heatmap of caf\uFFFD .png");
    EXPECT_EQ(text[1].second, "one\ntwo");
    for (const auto& [key, value] : text)
        EXPECT_NE(key, "Source SHA-256");  // there is no file
}

}  // namespace
}  // namespace dfd
