// Tests of the steps from a file to the tensors, and of scores with other ways of decoding.
#include "core/engine/studies/seen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/engine/test_evaluator.h"
#include "tests/peak_memory.h"

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

    /// Leaves only the expert that reads native resolution, in windows and normalised.
    void read_windows() {
        panel_.experts.erase(panel_.experts.begin(), panel_.experts.begin() + 2);
        panel_.experts.front().input = {
            Resize::Native, 0, {0.5F, 0.5F, 0.5F}, {0.25F, 0.25F, 0.25F}, WindowPolicy{512, 4}};
    }

    int calls = 0;
    int stop_at = -1;
    std::stop_source stopping;
};

class LookedThrough : public testing::Test {
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
    test::TemporaryFolder folder;
    RedEvaluator evaluator;
};

TEST_F(LookedThrough, StepsLeadToTheSameTensors) {
    const auto path = picture();
    const SeenFile file(evaluator, {path, nullptr, {}});
    std::vector<std::vector<std::uint8_t>> given;
    const auto seen = file.steps({}, [&](const SeenStep& step, const Pixels& pixels) {
        EXPECT_EQ(step.width, pixels.width);
        EXPECT_EQ(step.height, pixels.height);
        given.push_back(pixels.rgb);
    });
    std::vector<std::string> names;
    for (const auto& each : seen.steps)
        names.push_back(each.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"decoded", "normalised", "input", "input", "residuals"}));
    EXPECT_EQ(seen.steps[1].experts, (std::vector<std::string>{"one", "two"}));
    const auto& stretched = seen.steps[2];
    EXPECT_EQ(stretched.width, 64);
    EXPECT_EQ(stretched.height, 64);
    EXPECT_NEAR(file.step(2)->rgb[0], 200, 1);  // normalization undone
    EXPECT_NEAR(file.step(2)->rgb[2], 0, 1);
    EXPECT_EQ(stretched.tensor_sha256.size(), 64u);
    const auto& native = seen.steps[3];
    EXPECT_EQ(native.experts, std::vector<std::string>{"trace"});
    EXPECT_EQ(file.step(3)->rgb, read_picture(path).pixels.rgb);
    // Nothing is copied that the decoded picture is.
    EXPECT_EQ(file.step(0).get(), file.policy(0).get());
    // (200 / 255 - 0.485) / 0.229 = 1.307, on a scale of -3 .. 3 around mid-grey.
    EXPECT_NEAR(file.step(1)->rgb[0], 255 * (0.5 + 1.307 / 6), 1);
    // Second differences are zero inside a plain half, and not at the seam.
    const auto residuals = file.step(4);
    EXPECT_EQ(residuals->rgb[3 * 10], 128);
    EXPECT_NE(residuals->rgb[3 * 47], 128);
    ASSERT_EQ(given.size(), seen.steps.size());
    for (std::size_t i = 0; i < given.size(); ++i)
        EXPECT_EQ(given[i], file.step(i)->rgb) << i;
}

TEST_F(LookedThrough, ATurnThatWasNotAppliedIsNoStepButAnotherWay) {
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
                return each.policy == policy && each.opinion;
            });
        };
        EXPECT_EQ(offers(DecodePolicy::Turned), !applied);
        EXPECT_EQ(offers(DecodePolicy::AsStored), applied);
    }
}

TEST_F(LookedThrough, ScoresOtherDecodings) {
    SeenOptions options;
    options.grey = true;
    options.out = folder / "out";
    const auto seen = look_through(evaluator, picture(), options);
    ASSERT_EQ(seen.policies.size(), 3u);
    EXPECT_TRUE(seen.policies[0].reference());
    EXPECT_EQ(seen.policies[1].policy, DecodePolicy::CentreSquare);
    EXPECT_EQ(seen.policies[2].policy, DecodePolicy::Grey);
    for (const auto& policy : seen.policies)
        ASSERT_TRUE(policy.opinion);
    EXPECT_FALSE(seen.policies[1].reference());
    EXPECT_NE(seen.policies[2].opinion->score, seen.policies[0].opinion->score);

    const SeenFile file(evaluator, {picture(), nullptr, {}}, options);
    for (std::size_t i = 0; i < seen.steps.size(); ++i)
        EXPECT_EQ(read_picture(seen.steps[i].file).pixels.rgb, file.step(i)->rgb) << i;
    for (std::size_t i = 0; i < seen.policies.size(); ++i) {
        const auto written = read_picture(seen.policies[i].file).pixels;
        EXPECT_EQ(written.rgb, file.policy(i)->rgb) << i;
        EXPECT_EQ(written.width, seen.policies[i].width);
    }
    EXPECT_TRUE(seen.steps[2].file.native().ends_with("-3-input.png"));
    const auto object =
        json::parse(seen_json(seen, {evaluator.panel(), "cpu", Precision::Float32}));
    EXPECT_EQ(object.at("steps").size(), seen.steps.size());
    EXPECT_EQ(object.at("steps").at(2).at("file"), seen.steps[2].file.native());
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

TEST_F(LookedThrough, BytesInMemoryAndLaterScoresWork) {
    const auto path = picture();
    const auto bytes =
        std::make_shared<const std::vector<std::uint8_t>>(encode_png(read_picture(path).pixels));
    const SeenFile memory(evaluator, {{}, bytes, "Clipboard 1"});
    const auto seen = memory.steps();
    EXPECT_EQ(seen.path, "Clipboard 1");
    const auto file = look_through(evaluator, path);
    ASSERT_EQ(seen.steps.size(), file.steps.size());
    for (std::size_t i = 0; i < seen.steps.size(); ++i) {
        EXPECT_EQ(seen.steps[i].sentence(), file.steps[i].sentence());
        EXPECT_EQ(seen.steps[i].tensor_sha256, file.steps[i].tensor_sha256);
        EXPECT_EQ(seen.steps[i].width, memory.step(i)->width);
        EXPECT_EQ(seen.steps[i].height, memory.step(i)->height);
        EXPECT_TRUE(file.steps[i].file.empty());
    }
    for (const auto& policy : seen.policies)
        EXPECT_FALSE(policy.opinion);
    std::vector<std::size_t> reported;
    memory.score(evaluator, {},
                 [&](std::size_t index, const SeenPolicy& policy, const Pixels* pixels) {
                     reported.push_back(index);
                     ASSERT_NE(pixels, nullptr);
                     EXPECT_EQ(policy.width, pixels->width);
                     EXPECT_EQ(policy.opinion.value().score, file.policies[index].opinion->score);
                 });
    EXPECT_EQ(reported.size(), seen.policies.size());
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_THROW((void)memory.steps(stopped.get_token()), Cancelled);
}

TEST_F(LookedThrough, ALargePictureIsNotInMemoryOnceForEachStep) {
    constexpr int kWidth = 6000, kHeight = 4000;
    const auto path = folder / "large.png";
    write_png(path, kWidth, kHeight, [](int y, std::span<std::uint8_t> row) {
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = static_cast<std::uint8_t>(i / 64 + static_cast<std::size_t>(y / 16));
    });
    evaluator.read_windows();
    SeenOptions options;
    options.grey = true;
    options.out = folder / "out";
    std::size_t steps = 0;
    const auto added =
        test::added_peak([&] { steps = look_through(evaluator, path, options).steps.size(); });
    EXPECT_EQ(steps, 4U);  // decoded, normalised, input, residuals
    if (!added)
        GTEST_SKIP() << "the peak memory is not known here";
    // The decoded picture, one that is made of it, and what LibTorch keeps; four steps and three
    // ways of decoding would be seven.
    EXPECT_LT(*added, std::int64_t{7} * 3 * kWidth * kHeight / 2);
    const auto without_files = test::added_peak([&] { (void)look_through(evaluator, path); });
    // The square is made in place of the decoded picture: what is left is what decoding takes.
    EXPECT_LT(without_files.value_or(0), std::int64_t{3} * 3 * kWidth * kHeight);
}

TEST_F(LookedThrough, StopsAndReportsErrors) {
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
