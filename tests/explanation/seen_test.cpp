// Tests of the steps from a file to the tensors, and of scores with other ways of decoding.
#include "core/engine/studies/seen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/engine/test_evaluator.h"

namespace dfd {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Score: mean red of its input. Two experts share a stretched input, one reads native resolution.
class RedEvaluator : public test::TestEvaluator {
  public:
    RedEvaluator() {
        for (const auto* name : {"one", "two", "trace"}) {
            auto& expert = panel_.experts.emplace_back();
            expert.name = name;
            expert.architecture = "convnextv2_atto";
            expert.input.size = 64;
        }
        panel_.name = "red";
        auto& native = panel_.experts.back();
        native.architecture = "trace_luma";
        native.input = {Resize::Native, 0, {0, 0, 0}, {1, 1, 1}};
    }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions&, std::stop_token stop) override {
        if (++calls == stop_at)
            stopping.request_stop();
        if (stop.stop_requested())
            throw Cancelled();
        std::vector<PanelOpinion> opinions;
        for (const auto* picture : pictures) {
            double red = 0;
            for (std::size_t i = 0; i < picture->rgb.size(); i += 3)
                red += picture->rgb[i];
            auto& opinion = opinions.emplace_back();
            for (const auto& record : panel_.experts) {
                auto& expert = opinion.experts.emplace_back();
                expert.name = record.name;
                expert.logits = {0, red * 3 / static_cast<double>(picture->rgb.size()) / 64 - 2};
            }
            combine(opinion);
        }
        return opinions;
    }

    int calls = 0;
    int stop_at = -1;
    std::stop_source stopping;
};

class SeenFile : public testing::Test {
  protected:
    /// Left half red, right half blue, landscape format.
    fs::path picture() const {
        Pixels pixels{96, 48, std::vector<std::uint8_t>(96 * 48 * 3, 0)};
        for (std::size_t i = 0; i < 96 * 48; ++i)
            pixels.rgb[3 * i + (i % 96 < 48 ? 0 : 2)] = 200;
        const auto path = folder / "a b.png";
        write_png(path, pixels);
        return path;
    }
    static const SeenStep& step(const Seen& seen, const std::string& name) {
        return *std::ranges::find(seen.steps, name, &SeenStep::name);
    }

    test::TemporaryFolder folder;
    RedEvaluator evaluator;
};

TEST_F(SeenFile, StepsLeadToTheSameTensors) {
    const auto path = picture();
    const auto seen = look_through(evaluator, path);
    std::vector<std::string> names;
    for (const auto& each : seen.steps)
        names.push_back(each.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"decoded", "normalised", "input", "input", "residuals"}));
    EXPECT_EQ(seen.steps[1].experts, (std::vector<std::string>{"one", "two"}));
    const auto& stretched = seen.steps[2];
    EXPECT_EQ(stretched.picture.width, 64);
    EXPECT_EQ(stretched.picture.height, 64);
    EXPECT_NEAR(stretched.picture.rgb[0], 200, 1);  // normalization undone
    EXPECT_NEAR(stretched.picture.rgb[2], 0, 1);
    EXPECT_EQ(stretched.tensor_sha256.size(), 64u);
    const auto& native = seen.steps[3];
    EXPECT_EQ(native.experts, std::vector<std::string>{"trace"});
    EXPECT_EQ(native.picture.rgb, read_picture(path).pixels.rgb);
    // (200 / 255 - 0.485) / 0.229 = 1.307, on a scale of -3 .. 3 around mid-grey.
    EXPECT_NEAR(seen.steps[1].picture.rgb[0], 255 * (0.5 + 1.307 / 6), 1);
    // Second differences are zero inside a plain half, and not at the seam.
    const auto& residuals = seen.steps[4].picture;
    EXPECT_EQ(residuals.rgb[3 * 10], 128);
    EXPECT_NE(residuals.rgb[3 * 47], 128);
}

TEST_F(SeenFile, ATurnThatWasNotAppliedIsNoStepButAnotherWay) {
    for (const auto* name :
         {"J01_xmp_before_exif.jpg", "P01_raw_profile_exif.png", "A09d_exif6_no_irot.avif"}) {
        SCOPED_TRACE(name);
        const auto path = fs::path(DFD_TEST_DATA) / "cases" / name;
        const auto picture = read_picture(path);
        const auto seen = look_through(evaluator, path);
        // A later OpenCV may see the tag of the first two, and turns them.
        const bool applied = picture.facts.orientation != 1;
        if (std::string(name).ends_with(".avif")) {
            EXPECT_FALSE(applied);
        }
        EXPECT_EQ(std::ranges::count(seen.steps, std::string("oriented"), &SeenStep::name),
                  applied ? 1 : 0);
        const auto offers = [&](DecodePolicy policy) {
            return std::ranges::any_of(seen.policies, [&](const SeenPolicy& each) {
                return each.way.policy == policy && each.opinion;
            });
        };
        EXPECT_EQ(offers(DecodePolicy::Turned), !applied);
        EXPECT_EQ(offers(DecodePolicy::AsStored), applied);
    }
}

TEST_F(SeenFile, ScoresOtherDecodings) {
    SeenOptions options;
    options.grey = true;
    const auto seen = look_through(evaluator, picture(), options);
    ASSERT_EQ(seen.policies.size(), 3u);
    EXPECT_TRUE(seen.policies[0].reference());
    EXPECT_EQ(seen.policies[1].way.policy, DecodePolicy::CentreSquare);
    EXPECT_EQ(seen.policies[2].way.policy, DecodePolicy::Grey);
    for (const auto& policy : seen.policies)
        ASSERT_TRUE(policy.opinion);
    EXPECT_FALSE(seen.policies[1].reference());
    EXPECT_NE(seen.policies[2].opinion->score, seen.policies[0].opinion->score);

    const auto files = write_seen(folder / "out", seen);
    ASSERT_EQ(files.size(), seen.steps.size() + seen.policies.size());
    EXPECT_EQ(read_picture(files[2]).pixels.rgb, seen.steps[2].picture.rgb);
    const auto object =
        json::parse(seen_json(seen, {evaluator.panel(), "cpu", Precision::Float32}, files));
    EXPECT_EQ(object.at("steps").size(), seen.steps.size());
    EXPECT_EQ(object.at("steps").at(2).at("file"), files[2].native());
    const auto& policies = object.at("policies");
    EXPECT_EQ(policies.at(0).at("reference"), true);
    EXPECT_EQ(policies.at(0).at("difference"), 0);
    EXPECT_EQ(policies.at(2).at("policy"), "grey");
    EXPECT_EQ(policies.at(2).at("reference"), false);
    EXPECT_DOUBLE_EQ(policies.at(2).at("difference").get<double>(),
                     seen.policies[2].opinion->score - seen.policies[0].opinion->score);
    EXPECT_EQ(policies.at(2).at("experts").size(), 3u);
    EXPECT_NE(seen_text(seen).find("not the reference: Greyscale"), std::string::npos);
}

TEST_F(SeenFile, BytesInMemoryAndLaterScoresWork) {
    const auto path = picture();
    const auto bytes =
        std::make_shared<const std::vector<std::uint8_t>>(encode_png(read_picture(path).pixels));
    const auto seen = steps_through(evaluator, {{}, bytes, "Clipboard 1"});
    EXPECT_EQ(seen.path, "Clipboard 1");
    const auto file = look_through(evaluator, path);
    ASSERT_EQ(seen.steps.size(), file.steps.size());
    for (std::size_t i = 0; i < seen.steps.size(); ++i)
        EXPECT_EQ(seen.steps[i].picture.rgb, file.steps[i].picture.rgb);
    for (const auto& policy : seen.policies)
        EXPECT_FALSE(policy.opinion);
    std::vector<std::size_t> reported;
    score_policies(evaluator, seen.policies, {},
                   [&](std::size_t policy, const PanelOpinion& opinion) {
                       reported.push_back(policy);
                       EXPECT_EQ(opinion.score, file.policies[policy].opinion->score);
                   });
    EXPECT_EQ(reported.size(), seen.policies.size());
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_THROW((void)steps_through(evaluator, {path, nullptr, {}}, {}, stopped.get_token()),
                 Cancelled);
}

TEST_F(SeenFile, StopsAndReportsErrors) {
    evaluator.stop_at = 1;
    EXPECT_THROW((void)look_through(evaluator, picture(), {}, evaluator.stopping.get_token()),
                 Cancelled);
    EXPECT_EQ(evaluator.calls, 1);
    const auto path = folder / "not.png";
    std::ofstream(path) << "no picture";
    EXPECT_THROW((void)look_through(evaluator, path), PictureError);
    EXPECT_THROW((void)look_through(evaluator, folder / "none.png"), PictureError);
}

}  // namespace
}  // namespace dfd
