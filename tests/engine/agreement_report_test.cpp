#include "core/engine/results/agreement_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace dfd {
namespace {

using nlohmann::json;

ScoredBy by() {
    ScoredBy by;
    by.panel.name = "p";
    by.panel.experts.resize(2);
    by.panel.experts[0].name = "a";
    by.panel.experts[1].name = "b";
    by.device = "cpu";
    return by;
}

Examination seen(const std::string& path, double a, double b) {
    Examination examination;
    examination.source.path = path;
    examination.state = ExaminationState::Scored;
    auto& opinion = examination.opinion.emplace();
    opinion.experts.resize(2);
    opinion.experts[0].name = "a";
    opinion.experts[0].logits = {0, a};
    opinion.experts[1].name = "b";
    opinion.experts[1].logits = {0, b};
    combine(opinion);
    return examination;
}

Examination failed(const std::string& path) {
    Examination examination;
    examination.source.path = path;
    examination.state = ExaminationState::Failed;
    examination.failure = {"damaged", "It is cut off."};
    return examination;
}

TEST(AgreementReport, CountsComparesAndKeepsTheMostDisputed) {
    AgreementReport report(by(), 2);
    report.add(seen("/mild.png", 1, 2));
    report.add(seen("/split.png", -4, 4));
    report.add(failed("/broken.png"));
    report.add(seen("/odd \xff.png", -2, 2));
    report.add(seen("/calm.png", 3, 3));
    const auto object = json::parse(report.to_json(false));
    EXPECT_EQ(object["pictures"], 4);
    EXPECT_EQ(object["failed"], 1);
    EXPECT_EQ(object["complete"], false);
    EXPECT_EQ(object["experts"], json::array({"a", "b"}));
    EXPECT_EQ(object["flips"], json({{0.0, 0.5}, {0.5, 0.0}}));
    // Ranks 3 1 2 4 against 1.5 4 1.5 3; deviations 0.5 -1.5 -0.5 1.5 and -1 1.5 -1 0.5.
    EXPECT_NEAR(object["rank_correlation"][0][1].get<double>(), -1.5 / std::sqrt(5 * 4.5), 1e-12);
    ASSERT_EQ(object["most_disputed"].size(), 2u);
    EXPECT_EQ(object["most_disputed"][0]["path"], "/split.png");
    EXPECT_EQ(object["most_disputed"][0]["disagreement"]["fake_votes"], 1);
    EXPECT_TRUE(object["most_disputed"][1].contains("path_bytes"));
    EXPECT_EQ(object["failures"][0]["error"]["code"], "damaged");

    const auto text = report.to_text(false);
    EXPECT_NE(text.find("4 pictures scored, 1 failed; interrupted"), std::string::npos) << text;
    EXPECT_NE(text.find("   1 a   1.00  -0.32\n"), std::string::npos) << text;
    EXPECT_NE(text.find("   2 b   0.50   0.00\n"), std::string::npos) << text;
    EXPECT_LT(text.find("/split.png"), text.find("/odd \xff.png"));
    EXPECT_EQ(text.find("/calm.png"), std::string::npos);
}

TEST(AgreementReport, NothingScoredIsNoMatrixOfZeros) {
    AgreementReport report(by(), 10);
    report.add(failed("/broken.png"));
    const auto object = json::parse(report.to_json(true));
    EXPECT_EQ(object["pictures"], 0);
    EXPECT_TRUE(object["rank_correlation"][0][0].is_null());
    EXPECT_TRUE(object["most_disputed"].empty());
    EXPECT_NE(report.to_text(true).find("1 a      -      -\n"), std::string::npos);
}

TEST(AgreementReport, EqualDisputesKeepTheirOrderAndTheListMayBeEmpty) {
    AgreementReport report(by(), 2);
    for (const auto* path : {"/1", "/2", "/3"})
        report.add(seen(path, -1, 1));
    const auto object = json::parse(report.to_json(true));
    EXPECT_EQ(object["most_disputed"][0]["path"], "/1");
    EXPECT_EQ(object["most_disputed"][1]["path"], "/2");
    AgreementReport none(by(), 0);
    none.add(seen("/1", -1, 1));
    EXPECT_TRUE(json::parse(none.to_json(true))["most_disputed"].empty());
}

}  // namespace
}  // namespace dfd
