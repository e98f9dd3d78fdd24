// `dfd panel encoder`, and panels whose encoder is not installed, on the command line.
#include <gtest/gtest.h>

#include "tests/cli/dfd_test.h"
#include "tests/golden_data.h"
#include "tests/panel/encoder_fixture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

class EncoderCommand : public test::EncoderTest {
  protected:
    [[nodiscard]] Finished run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), DFD_BINARY_DIR "/dfd");
        return Process(folder.path(), arguments).wait();
    }
    [[nodiscard]] Finished score(const std::string& format,
                                 const std::vector<std::string>& more = {}) const {
        std::vector<std::string> all{"score",    "--panel", "shared",
                                     "--format", format,    golden_path("images/small.png")};
        all.insert(all.end(), more.begin(), more.end());
        return run(all);
    }
};

TEST_F(EncoderCommand, MakesTheFileThatAPanelNames) {
    write_safetensors(folder / "w.safetensors", test::tiny_tensors("w.", true, true));
    const auto made = run(
        {"panel", "encoder", "--from", folder / "w.safetensors", "--architecture", test::kTiny});
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_SAYS(made.out, "file      " + encoder_folder.native() + "/convnextv2_atto-");
    EXPECT_SAYS(made.out, "\nsha256    ");
    EXPECT_SAYS(made.out, "\ncompared  with nothing");
    EXPECT_EQ(run({"panel", "encoder", "--from", folder / "w.safetensors"}).status, 1)
        << "the default architecture is another";
}

TEST_F(EncoderCommand, EveryOutputSaysThatExpertsAreLeftOut) {
    EXPECT_EQ(json_lines(score("json").out).at(0).at("experts").size(), 3u);
    const auto sentence = left_out_sentence({"a", "b"});
    EXPECT_EQ(score("csv").out.find("left out"), std::string::npos);
    fs::remove(encoder_file());

    const auto json = json_lines(score("json").out).at(0);
    EXPECT_EQ(json.at("experts").size(), 1u);
    EXPECT_EQ(json.at("warnings").back(), sentence);
    EXPECT_NE(json.at("panel").at("digest"), record.digest);
    EXPECT_SAYS(score("text").err, "dfd: " + sentence);
    const auto csv = score("csv");
    EXPECT_SAYS(csv.out, "are left out, because the encoder that they need is not installed");
    EXPECT_EQ(csv.out.find("b score"), std::string::npos);

    EXPECT_SAYS(run({"panel", "list"}).err, "dfd: shared: " + sentence);
    EXPECT_SAYS(run({"panel", "describe", "shared"}).out, encoder + " (not installed)");
    const auto verified = run({"panel", "verify", "shared"});
    EXPECT_EQ(verified.status, 0);
    EXPECT_SAYS(verified.out, "none  " + encoder_file().filename().native() + ": " + sentence);

    EXPECT_EQ(score("json", {"--weights", "whole=0.5,a=3"}).status, 0);
    const auto muted = score("json", {"--weights", "whole=0"});
    EXPECT_EQ(muted.status, 3);
    EXPECT_SAYS(muted.err, "muted");
}

TEST_F(EncoderCommand, APanelThatNeedsItForEveryExpertIsRefused) {
    record.experts.pop_back();
    write_panel(panel_folder, record);
    EXPECT_EQ(score("text").status, 0);
    fs::remove(encoder_file());
    const auto refused = score("text");
    EXPECT_EQ(refused.status, 3);
    EXPECT_SAYS(refused.err, "packaging/setup.sh --encoder");
    EXPECT_EQ(run({"panel", "verify", "shared"}).status, 1);
}

}  // namespace
}  // namespace dfd
