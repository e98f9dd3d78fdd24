// A panel that asks two questions, from `panel join` to scores, studies, cases and evaluation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/dfd_test.h"
#include "tests/golden_data.h"
#include "tests/panel/published_writer.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class TwoQuestions : public DfdTest {
  protected:
    /// A panel "both" of two installed panels with one expert each.
    void SetUp() override {
        ::setenv("DFD_PANELS", (folder / "panels").c_str(), 1);
        json questions = json::array();
        for (const auto& [name, architecture] :
             {std::pair("made", "convnextv2_atto"), std::pair("edited", "tf_efficientnet_b0")}) {
            test::write_published(folder / "weight.pth", folder / "ema.state", {architecture});
            ASSERT_TRUE(succeeds({"panel", "install", "--weights", folder / "weight.pth", "--ema",
                                  folder / "ema.state", "--name", name}));
            questions.push_back({{"id", name},
                                 {"text", std::string("Was it ") + name + "?"},
                                 {"fake", std::string("It was ") + name + "."},
                                 {"real", std::string("It was not ") + name + "."}});
        }
        std::ofstream(folder / "plan.json")
            << json{{"name", "both"},     {"title", "Both"},  {"licence", "CC0-1.0"},
                    {"origin", "a test"}, {"starter", false}, {"questions", questions}};
        ASSERT_TRUE(succeeds({"panel", "join", folder / "plan.json", folder / "panels" / "made",
                              folder / "panels" / "edited", "--out", folder / "panels" / "both"}));
        fs::create_directories(folder / "pictures");
        fs::copy_file(golden_path("images/small.png"), folder / "pictures" / "small.png");
    }
    void TearDown() override { ::unsetenv("DFD_PANELS"); }

    std::string picture() const { return folder / "pictures" / "small.png"; }
    std::string panel() const { return folder / "panels" / "both"; }
    json scored() const {
        const auto done =
            run({"score", "--panel", panel(), "--format", "json", "--device", "cpu", picture()});
        EXPECT_EQ(done.status, 0) << done.err;
        return json_lines(done.out).at(0);
    }
};

TEST_F(TwoQuestions, AreAnsweredApart) {
    const auto object = scored();
    ASSERT_EQ(object["questions"].size(), 2u);
    double largest = 0;
    for (std::size_t q = 0; q < 2; ++q) {
        const auto& question = object["questions"][q];
        // One expert each: its score is the answer, exactly.
        EXPECT_EQ(question["score"], object["experts"][q]["score"]);
        EXPECT_EQ(object["experts"][q]["question"], question["id"]);
        EXPECT_EQ(object["experts"][q]["without"], question["score"]);
        EXPECT_TRUE(question.at("fake_from").is_null());  // nobody has calibrated it
        EXPECT_NE(object["summary"].get<std::string>().find(question["text"]), std::string::npos);
        largest = std::max(largest, question["score"].get<double>());
    }
    EXPECT_EQ(object["score"], largest);

    const auto text = run({"score", "--panel", panel(), "--verbose", "--device", "cpu", picture()});
    ASSERT_EQ(text.status, 0) << text.err;
    const auto leading = std::ranges::find(object["questions"], object["question"],
                                           [](const json& question) { return question["id"]; });
    EXPECT_SAYS(text.out, " (" + leading->at("text").get<std::string>() + ")\n");
    EXPECT_SAYS(text.out, "  Was it made? ");
    EXPECT_SAYS(text.out, "  Was it edited? ");
    const auto described = run({"panel", "describe", panel()});
    EXPECT_SAYS(described.out, "question  edited");
    EXPECT_SAYS(described.out, "It was not edited.");
}

TEST_F(TwoQuestions, HeatmapsHaveAMeanEach) {
    ASSERT_TRUE(succeeds({"score", "--panel", panel(), "--heatmaps", folder / "maps", "--device",
                          "cpu", picture()}));
    int means = 0;
    for (const auto& entry : fs::directory_iterator(folder / "maps")) {
        const auto name = entry.path().filename().native();
        means += name.ends_with("-mean-made.png") || name.ends_with("-mean-edited.png") ? 1 : 0;
        EXPECT_FALSE(name.ends_with("-mean.png"));
    }
    EXPECT_EQ(means, 2);
}

TEST_F(TwoQuestions, StudiesFollowEachOfThem) {
    const auto done = run({"stability", "--panel", panel(), "--operations", "flip", "--format",
                           "json", "--device", "cpu", picture()});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto object = json_lines(done.out).at(0);
    const auto untouched = scored();
    EXPECT_EQ(object["question"], untouched["question"]);
    ASSERT_EQ(object["questions"].size(), 2u);
    for (std::size_t q = 0; q < 2; ++q)
        EXPECT_NEAR(object["questions"][q]["score"].get<double>(),
                    untouched["questions"][q]["score"].get<double>(), 1e-9);
    ASSERT_FALSE(object["points"].empty());
    const auto& point = object["points"][0];
    EXPECT_EQ(point["score"], point["questions"][object["question"].get<std::string>()]);
}

TEST_F(TwoQuestions, ACaseKeepsThem) {
    ASSERT_TRUE(succeeds({"scan", folder / "pictures", "--case", folder / "case", "--panel",
                          panel(), "--device", "cpu"}));
    const auto exported = run({"case", "list", folder / "case", "--format", "json"});
    ASSERT_EQ(exported.status, 0) << exported.err;
    const auto lines = json_lines(exported.out);
    const auto untouched = scored();
    const auto found =
        std::ranges::find_if(lines, [](const json& line) { return line.contains("questions"); });
    ASSERT_NE(found, lines.end()) << exported.out;
    EXPECT_EQ(found->at("question"), untouched["question"]);
    for (std::size_t q = 0; q < 2; ++q)
        EXPECT_EQ(found->at("questions")[q]["score"], untouched["questions"][q]["score"]);
}

TEST_F(TwoQuestions, AreEvaluatedApart) {
    fs::copy_file(golden_path("images/square512.png"), folder / "pictures" / "other.png");
    std::ofstream(folder / "manifest.csv") << "path,label,source,group\n"
                                           << "pictures/small.png,real,a,1\n"
                                           << "pictures/other.png,fake,a,2\n";
    ASSERT_TRUE(succeeds({"evaluate", panel(), folder / "manifest.csv", "--out",
                          folder / "measured", "--device", "cpu"}));
    std::ifstream stream(folder / "measured" / "metrics.json");
    const auto object = json::parse(stream);
    ASSERT_EQ(object["experts"].size(), 2u);
    ASSERT_EQ(object["questions"].size(), 2u);
    EXPECT_EQ(object["questions"][0]["name"], "made");
    // Each question has one expert, whose scores are its answers.
    std::ifstream csv(folder / "measured" / "scores.csv");
    for (std::string line; std::getline(csv, line);) {
        std::vector<std::string> fields;
        std::istringstream row(line);
        for (std::string field; std::getline(row, field, ',');)
            fields.push_back(field);
        ASSERT_EQ(fields.size(), 10u);
        if (fields[0] == "path")
            continue;
        EXPECT_EQ(fields[7], fields[5]);
        EXPECT_EQ(fields[8], fields[6]);
        EXPECT_NE(fields[7], fields[8]);
        EXPECT_EQ(std::stod(fields[9]), std::max(std::stod(fields[7]), std::stod(fields[8])));
    }
}

TEST_F(TwoQuestions, AreCalibratedOneByOne) {
    // Fakes are what the experts of "made" score higher.
    const char* const names[] = {"small", "square512", "landscape", "odd"};
    fs::create_directories(folder / "ten");
    for (int i = 0; i < 10; ++i)
        fs::copy_file(golden_path(std::string("images/") + names[i % 4] + ".png"),
                      folder / "ten" / (std::to_string(i) + ".png"));
    const auto ten =
        run({"score", "--panel", panel(), "--format", "json", "--device", "cpu", folder / "ten"});
    ASSERT_EQ(ten.status, 0) << ten.err;
    std::vector<std::pair<double, std::string>> order;
    for (const auto& object : json_lines(ten.out))
        order.emplace_back(object["questions"][0]["score"], object["path"]);
    ASSERT_EQ(order.size(), 10u);
    std::ranges::sort(order);
    std::ofstream manifest(folder / "manifest.csv");
    manifest << "path,label,source,group\n";
    for (std::size_t i = 0; i < order.size(); ++i)
        manifest << order[i].second << (i < 5 ? ",real,a," : ",fake,a,") << i << '\n';
    manifest.close();
    EXPECT_EQ(scored()["assessment"]["state"], "not calibrated");
    const auto without = run({"calibrate", panel(), folder / "manifest.csv", "--device", "cpu"});
    EXPECT_NE(without.status, 0);
    EXPECT_SAYS(without.err, "choose one with --question: made, edited");
    const auto done = run({"calibrate", panel(), folder / "manifest.csv", "--question", "made",
                           "--describe", "ten small pictures", "--device", "cpu"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_SAYS(done.out, "Was it made?");
    EXPECT_SAYS(done.out, "Described as: ten small pictures");
    EXPECT_SAYS(done.out, "Sources: a: 5 real, 5 fake");
    const auto described = run({"panel", "describe", panel()}).out;
    EXPECT_SAYS(described, "  Described as: ten small pictures");
    EXPECT_SAYS(described, "  Formats: ");
    EXPECT_SAYS(done.out, "Cllr ");
    EXPECT_SAYS(done.out, "5 real pictures in 5 groups and 5 fakes in 5 groups");

    const auto object = scored();
    const auto& made = object["questions"][0]["assessment"];
    EXPECT_EQ(made["state"], "assessed");
    EXPECT_LE(made["bound"].get<double>(), std::log10(6.0) + 1e-12);
    EXPECT_LE(std::abs(made["log10_lr"].get<double>()), made["bound"].get<double>());
    EXPECT_SAYS(made["sentence"].get<std::string>(), " real picture");
    EXPECT_EQ(object["questions"][1]["assessment"]["reason"], "no calibration");
    const auto csv =
        run({"score", "--panel", panel(), "--format", "csv", "--device", "cpu", picture()});
    EXPECT_SAYS(csv.out, ",log10 LR made,");
    // A validation judges by criteria; each option takes one.
    const auto page = folder / "page.html";
    const auto validated =
        run({"validate", panel(), folder / "manifest.csv", "--question", "made", "--accept",
             "cllr<=9", "--accept", "found>=2", "--out", page, "--device", "cpu"});
    EXPECT_EQ(validated.status, 1) << validated.err;
    EXPECT_SAYS(validated.out, "NOT MET");
    std::ifstream html(page);
    const std::string written{std::istreambuf_iterator<char>(html), {}};
    EXPECT_SAYS(written, "Validation of the panel both: Was it made?");
    EXPECT_SAYS(written, "found &gt;= 2");
    EXPECT_SAYS(written, "manifest of the same name");
    static_cast<void>(run({"validate", panel(), folder / "manifest.csv", "--question", "made",
                           "--out", folder / "page.pdf", "--device", "cpu"}));
    EXPECT_EQ(test::file_bytes(folder / "page.pdf").substr(0, 8), "%PDF-1.4");
    // Without a page the figures are printed.
    const auto printed = run({"validate", panel(), folder / "manifest.csv", "--question", "made",
                              "--accept", "cllr<=9", "--device", "cpu"});
    EXPECT_EQ(printed.status, 0) << printed.err;
    EXPECT_SAYS(printed.out, "cllr <= 9");
    const auto nowhere = run({"validate", panel(), folder / "manifest.csv", "--question", "made",
                              "--out", folder / "no/page.html"});
    EXPECT_NE(nowhere.status, 0);
    EXPECT_SAYS(nowhere.err, "The page cannot be written to ");
    const auto other = run(
        {"validate", panel(), folder / "manifest.csv", "--question", "edited", "--device", "cpu"});
    EXPECT_NE(other.status, 0);
    EXPECT_SAYS(other.err, "has no calibration for this question");
    // Pictures from outside give it a scope, or say that none helps.
    const auto scoped = run({"calibrate", panel(), folder / "manifest.csv", "--question", "made",
                             "--outside", folder / "manifest.csv", "--dry-run", "--device", "cpu"});
    ASSERT_EQ(scoped.status, 0) << scoped.err;
    EXPECT_SAYS(scoped.out, "Outside of what was measured: 10 pictures");
    // Under a name it stands beside the other one, and has to be chosen.
    ASSERT_TRUE(succeeds({"calibrate", panel(), folder / "manifest.csv", "--question", "made",
                          "--name", "newsroom", "--seed", "7", "--device", "cpu"}));
    EXPECT_EQ(scored()["questions"][0]["assessment"], made);
    EXPECT_FALSE(scored()["panel"].contains("calibration"));
    const auto chosen = json_lines(run({"score", "--panel", panel(), "--calibration", "newsroom",
                                        "--format", "json", "--device", "cpu", picture()})
                                       .out)
                            .at(0);
    EXPECT_EQ(chosen["panel"]["calibration"], "newsroom");
    EXPECT_EQ(chosen["questions"][0]["assessment"]["state"], "assessed");
    const auto description = run({"panel", "describe", panel()}).out;
    EXPECT_SAYS(description, "name          newsroom");
    EXPECT_SAYS(description, "  Bound: This calibration states at most ");
    EXPECT_SAYS(description, "  Unusual for a real picture: ");
    EXPECT_SAYS(description, "  Limit of the scope: ");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"score"}, {"compare", "--score", picture()}}) {
        auto arguments = command;
        arguments.insert(arguments.end(), {"--panel", panel(), "--calibration", "faces", "--device",
                                           "cpu", picture()});
        const auto unknown = run(arguments);
        EXPECT_EQ(unknown.status, 3);
        EXPECT_SAYS(unknown.err, "no calibration named \"faces\". It has: newsroom.");
    }
    EXPECT_SAYS(run({"calibrate", panel(), folder / "manifest.csv", "--name", "News"}).err,
                "cannot be the name of a calibration");
    // A case keeps what was known when the panel first scored for it.
    ASSERT_TRUE(succeeds({"scan", folder / "pictures" / "small.png", "--case", folder / "case",
                          "--panel", panel(), "--device", "cpu"}));
    fs::remove(folder / "panels" / "both" / "calibration.json");
    const auto listed = run({"case", "list", folder / "case", "--format", "json"});
    EXPECT_EQ(json_lines(listed.out).at(0)["questions"][0]["assessment"], made);
}

}  // namespace
}  // namespace dfd
