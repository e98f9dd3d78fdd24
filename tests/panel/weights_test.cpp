#include "core/panel/weights.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/says.h"

namespace dfd {
namespace {

PanelRecord panel_of(const std::vector<std::string>& names) {
    PanelRecord panel;
    panel.name = "p";
    for (const auto& name : names)
        panel.experts.emplace_back().name = name;
    return panel;
}

std::string refusal(const std::string& text) {
    try {
        (void)parse_weights(text, panel_of({"a", "b=c", "d"}));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

TEST(Weights, UnnamedExpertsHaveWeightOne) {
    const auto panel = panel_of({"a", "b=c", "d"});
    EXPECT_EQ(parse_weights("", panel), (std::vector<double>{1, 1, 1}));
    EXPECT_EQ(parse_weights("d=0,b=c=0.25", panel), (std::vector<double>{1, 0.25, 0}));
    EXPECT_EQ(parse_weights("a=1e2", panel), (std::vector<double>{100, 1, 1}));
}

TEST(Weights, ErrorsNameTheProblemAndTheRemedy) {
    EXPECT_EQ(refusal("x=1"), "The panel \"p\" has no expert \"x\"; it has a, b=c, d.");
    EXPECT_EQ(refusal("a"), "\"a\" is not of the form NAME=WEIGHT, for example NAME=0.5.");
    for (const auto* bad : {"a=", "a=-1", "a=nan", "a=inf", "a=1x", "a= 1"})
        EXPECT_SAYS(refusal(bad), "is not a number of 0 or more") << bad;
    EXPECT_EQ(refusal("a=1,a=2"), "The expert \"a\" has two weights; give only one.");
    EXPECT_EQ(refusal("a=0,d=0,b=c=0"),
              "Every expert is muted; give at least one a weight above 0.");
}

}  // namespace
}  // namespace dfd
