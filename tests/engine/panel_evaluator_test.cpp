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

TEST(PanelEvaluator, WarnsWhenAPanelForFacesFindsNone) {
    EXPECT_TRUE(mentions_faces(warnings(kFaces, "landscape.jpg")));
    EXPECT_FALSE(mentions_faces(warnings(kFaces, "portrait.jpg")));
    EXPECT_FALSE(mentions_faces(warnings("", "landscape.jpg")));
}

}  // namespace
}  // namespace dfd
