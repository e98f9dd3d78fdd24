// Tests of the evaluator's metadata, on the networks of the bundled panel.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/engine/scoring/evaluator.h"

namespace dfd {
namespace {

std::vector<std::string> warnings(const std::string& subject, const char* sample) {
    auto record = read_panel(std::string(DFD_SOURCE_DIR) + "/tests/data/traces");
    record.subject = subject;
    const auto evaluator = open_evaluator(record, "cpu");
    const auto picture = read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/" + sample);
    const auto small = thumbnail(picture.pixels, 480);
    const Pixels* pictures[] = {&small};
    return evaluator->evaluate(pictures, {}, {}).front().warnings;
}

bool mentions_faces(const std::vector<std::string>& sentences) {
    return std::ranges::any_of(sentences, [](const std::string& sentence) {
        return sentence.find("No face was found") != std::string::npos;
    });
}

TEST(PanelEvaluator, ACalibrationForFacesSaysNothingWhereThereIsNone) {
    auto record = read_panel(std::string(DFD_SOURCE_DIR) + "/tests/data/traces");
    auto& calibration = record.calibrations.emplace_back();
    calibration.digest = record.digest;
    calibration.precision = "fp32";
    calibration.experts = expert_names(record);
    auto& answer = calibration.answers.emplace_back().answer;
    answer.alarms = {{0, 1, 1, 1}};
    answer.scope = {{kFaceTrait, 1}};
    const auto evaluator = open_evaluator(record, "cpu");
    const auto reasons = [&](const char* sample) {
        const auto picture =
            read_picture(std::string(DFD_SOURCE_DIR) + "/resources/samples/" + sample);
        const auto small = thumbnail(picture.pixels, 480);
        const Pixels* pictures[] = {&small};
        const auto opinion = evaluator->evaluate(pictures, {}, {}).front();
        EXPECT_TRUE(opinion.warnings.empty() || !mentions_faces(opinion.warnings));
        return no_assessment_reasons(opinion);
    };
    EXPECT_TRUE(reasons("portrait.jpg").empty());
    ASSERT_EQ(reasons("landscape.jpg").size(), 1u);
    EXPECT_EQ(reasons("landscape.jpg")[0].code, kFaceTrait);
}

TEST(PanelEvaluator, WarnsWhenAPanelForFacesFindsNone) {
    EXPECT_TRUE(mentions_faces(warnings(kFaces, "landscape.jpg")));
    EXPECT_FALSE(mentions_faces(warnings(kFaces, "portrait.jpg")));
    EXPECT_FALSE(mentions_faces(warnings("", "landscape.jpg")));
}

}  // namespace
}  // namespace dfd
