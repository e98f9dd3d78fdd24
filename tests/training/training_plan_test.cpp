#include "core/training/runs/training_plan.h"

#include <gtest/gtest.h>

#include <set>

#include "core/engine/scoring/evaluator.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/training/test_manifest.h"

namespace dfd {
namespace {

using test::sentence_of;
using testing::Folder;
using testing::make_manifest;

PlanOptions tiny_plan(const Folder& folder, const std::string& extra = "") {
    make_manifest(folder.path(), {.pairs = 6});
    test::write_bytes(folder.path() / "plan.json", R"({
        "name": "pair", "title": "A pair", "starter": true, "origin": "A test.",)" +
                                                       extra + R"(
        "epochs": 1, "batch": 4, "patch": 64, "samples": 2, "seed": 5, "precision": "fp32",
        "experts": [{"architecture": "trace_luma", "fold": 0},
                    {"architecture": "trace_luma", "fold": 1}]})");
    PlanOptions options;
    options.manifest = folder.path() / "manifest.csv";
    options.plan = folder.path() / "plan.json";
    options.out = folder.path() / "panel";
    options.run.device = "cpu";
    options.run.threads = 1;
    return options;
}

TEST(Plan, EveryShippedOneIsRead) {
    std::set<std::string> names;
    const std::filesystem::path folder = DFD_SOURCE_DIR "/models/plans";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto plan = read_plan(entry.path());
        EXPECT_GE(plan.experts.size(), 1u) << entry.path();
        std::set<int> folds;
        std::set<std::string> architectures;
        for (const auto& expert : plan.experts) {
            EXPECT_GE(expert.requested.fold, 0);
            folds.insert(expert.requested.fold);
            architectures.insert(expert.requested.architecture);
        }
        EXPECT_GE(folds.size(), std::min<std::size_t>(4, plan.experts.size())) << entry.path();
        names.insert(entry.path().filename());
    }
    EXPECT_TRUE(names.contains("published-seven.json"));
    EXPECT_TRUE(names.contains("edited.json"));
    EXPECT_TRUE(names.contains("generated.json"));
    const auto seven = read_plan(folder / "published-seven.json");
    std::multiset<std::string> architectures;
    for (const auto& expert : seven.experts)
        architectures.insert(expert.requested.architecture);
    EXPECT_EQ(architectures,
              (std::multiset<std::string>{
                  "convnextv2_tiny", "convnextv2_tiny", "tf_efficientnet_b4", "tf_efficientnet_b4",
                  "tf_efficientnet_b5", "tf_efficientnet_b5", "tf_efficientnet_b6"}));
    EXPECT_FALSE(seven.panel.starter);
    const auto edited = read_plan(folder / "edited.json");
    EXPECT_EQ(edited.alarms, 0.025);
    EXPECT_EQ(edited.windows, (WindowPolicy{256, 24}));
}

TEST(Plan, ExpertsHaveNamesSeedsAndOptionsOfTheirOwn) {
    const Folder folder;
    test::write_bytes(folder.path() / "p.json",
                      R"({"epochs": 3, "seed": 10, "experts": [
                            {"architecture": "trace_luma", "fold": 0},
                            {"architecture": "trace_luma", "epochs": 9, "seed": 4},
                            {"architecture": "convnextv2_atto", "name": "a", "init": "x.pth"}]})");
    const auto plan = read_plan(folder.path() / "p.json");
    EXPECT_EQ(plan.panel.name, "p");
    EXPECT_EQ(plan.experts[0].requested.name, "trace_luma");
    EXPECT_EQ(plan.experts[1].requested.name, "trace_luma-1");
    EXPECT_EQ(plan.experts[2].requested.name, "a");
    EXPECT_EQ(plan.experts[2].requested.init, "x.pth");
    EXPECT_EQ(plan.experts[1].requested.fold, kNoFold);
    EXPECT_EQ(plan.experts[0].learning.epochs, 3);
    EXPECT_EQ(plan.experts[1].learning.epochs, 9);
    EXPECT_EQ(plan.experts[0].learning.seed, 10u);
    EXPECT_EQ(plan.experts[1].learning.seed, 4u);
    EXPECT_EQ(plan.experts[2].learning.seed, 12u);
}

TEST(Plan, NamesTheMemberThatIsWrong) {
    const Folder folder;
    const auto sentence = [&](const std::string& json) {
        test::write_bytes(folder.path() / "p.json", json);
        return sentence_of<TrainingError>(
            [&] { static_cast<void>(read_plan(folder.path() / "p.json")); });
    };
    const std::string experts = R"("experts": [{"architecture": "trace_luma"}])";
    EXPECT_EQ(sentence("{" + experts + "}"), "(nothing was thrown)");
    const auto names = [&](const std::string& json, const std::string& part) {
        const auto text = sentence(json);
        EXPECT_NE(text.find(part), std::string::npos) << text;
        EXPECT_NE(text.find("p.json"), std::string::npos) << text;
    };
    names("{", "JSON");
    names("{}", "\"experts\"");
    names(R"({"experts": []})", "\"experts\"");
    names(R"({"colour": 3, )" + experts + "}", "\"colour\"");
    names(R"({"epochs": 0, )" + experts + "}", "epochs");
    names(R"({"alarms": 1, )" + experts + "}", "\"alarms\"");
    names(R"({"alarms": "few", )" + experts + "}", "\"alarms\"");
    names(R"({"windows": {"size": 100}, )" + experts + "}", "multiple of 8");
    names(R"({"windows": {"most": 0}, )" + experts + "}", "multiple of 8");
    names(R"({"joint": true, "alarms": 0.1, )" + experts + "}", "\"joint\"");
    names(R"({"starter": "yes", )" + experts + "}", "\"starter\"");
    names(R"({"experts": [{"architecture": "trace_luna"}]})", "trace_luna");
    names(R"({"experts": [{}]})", "Expert 0");
    names(R"({"experts": [{"architecture": "trace_luma", "fold": -1}]})", "\"fold\"");
    names(R"({"experts": [{"architecture": "trace_luma", "folds": 1}]})", "\"folds\"");
    names(R"({"experts": [{"architecture": "trace_luma", "name": "a"},
                          {"architecture": "trace_blocks", "name": "a"}]})",
          "\"a\"");
    names(R"({"joint": true, "experts": [{"architecture": "trace_luma", "epochs": 2}]})",
          "jointly");
    names(R"({"joint": true, "half": true, "experts": [{"architecture": "trace_luma"}]})",
          "\"joint\"");
    names(R"({"calibrate": 1, "experts": [{"architecture": "trace_luma"}]})", "\"calibrate\"");
    EXPECT_NE(sentence_of<TrainingError>([&] {
                  static_cast<void>(read_plan(folder.path() / "none.json"));
              }).find("none.json"),
              std::string::npos);
}

TEST(Plan, TrainsOneByOneAndAssembles) {
    const Folder folder;
    auto options = tiny_plan(folder);
    options.only = 2;
    EXPECT_NE(sentence_of<TrainingError>([&] { train_plan(options); }).find("experts 0 to 1"),
              std::string::npos);
    options.only = 1;
    const auto one = train_plan(options);
    EXPECT_EQ(one.folder, folder.path() / "panel/experts/1-trace_luma-1");
    EXPECT_FALSE(std::filesystem::exists(options.out / "panel.json"));
    options.only.reset();
    options.assemble_only = true;
    EXPECT_NE(sentence_of<TrainingError>([&] { train_plan(options); }).find("--only 0"),
              std::string::npos);
    options.assemble_only = false;
    std::set<std::string> learning;
    const auto panel = train_plan(options, [&](const TrainProgress& now) {
        learning.insert(now.names.begin(), now.names.end());
    });
    EXPECT_EQ(learning, std::set<std::string>{"trace_luma"});  // the other one was finished
    EXPECT_EQ(panel.name, "pair");
    EXPECT_EQ(panel.title, "A pair");
    EXPECT_EQ(panel.origin, "A test.");
    EXPECT_TRUE(panel.starter);
    ASSERT_EQ(panel.experts.size(), 2u);
    EXPECT_EQ(panel.experts[1].sha256, one.experts[0].sha256);
    EXPECT_NE(panel.experts[0].sha256, panel.experts[1].sha256);
    EXPECT_NO_THROW(static_cast<void>(open_evaluator(panel, "cpu")));
    const auto training_json = test::file_bytes(options.out / "training.json");
    EXPECT_NE(training_json.find("\"trace_luma-1\""), std::string::npos);
    EXPECT_NE(training_json.find("\"seed\": 6"), std::string::npos);
    options.assemble_only = true;
    EXPECT_EQ(train_plan(options).digest, panel.digest);
}

TEST(Plan, ExpertsLearnJointly) {
    const Folder folder;
    auto options = tiny_plan(folder, R"("joint": true,)");
    options.only = 0;
    EXPECT_THROW(train_plan(options), TrainingError);
    options.only.reset();
    std::stop_source stop;
    EXPECT_THROW(train_plan(
                     options,
                     [&](const TrainProgress& now) {
                         if (now.phase == TrainProgress::Phase::Checking && now.fraction == 1)
                             stop.request_stop();
                     },
                     stop.get_token()),
                 Cancelled);
    options.run.resume = true;
    const auto panel = train_plan(options);
    ASSERT_EQ(panel.experts.size(), 2u);
    EXPECT_EQ(panel.experts[0].name, "trace_luma");
    EXPECT_NO_THROW(static_cast<void>(open_evaluator(panel, "cpu")));
    const auto log = test::file_bytes(options.out / "log.jsonl");
    EXPECT_NE(log.find("\"combined\":0."), std::string::npos);
    EXPECT_NE(log.find("\"expert\":\"trace_luma-1\""), std::string::npos);
    EXPECT_NE(test::file_bytes(options.out / "training.json").find("\"joint\": true"),
              std::string::npos);
}

}  // namespace
}  // namespace dfd
