// Tests of experts that share an encoder file: loading, checking, and working without it.
#include "core/panel/encoders.h"

#include <torch/torch.h>

#include <fstream>
#include <limits>

#include "core/panel/panel_add.h"
#include "core/panel/panel_networks.h"
#include "tests/panel/encoder_fixture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

class Encoder : public test::EncoderTest {
  protected:
    std::string why_not(std::size_t expert = 0) {
        return test::sentence_of<PanelError>(
            [&] { (void)load_expert(record, record.experts[expert]); });
    }
};

torch::Tensor tensor(ExpertNetwork& network, const std::string& name) {
    for (const auto& each : named_tensors(network))
        if (each.name == name)
            return each.tensor;
    throw std::out_of_range(name);
}

TEST_F(Encoder, IsInMemoryOnceAndGivesWhatAWholeFileGives) {
    Encoders shared;
    const auto a = load_expert(record, record.experts[0], shared);
    const auto b = load_expert(record, record.experts[1], shared);
    shared.clear();
    const auto whole = load_expert(record, record.experts[2]);
    for (const auto& each : named_tensors(*a)) {
        const auto other = tensor(*b, each.name);
        EXPECT_EQ(each.tensor.data_ptr() == other.data_ptr(), !in_head(each.name)) << each.name;
        EXPECT_EQ(each.tensor.equal(tensor(*whole, each.name)), !in_head(each.name)) << each.name;
    }
    const torch::NoGradGuard no_gradients;
    const auto input = torch::linspace(-1, 1, 3 * 64 * 64).view({1, 3, 64, 64});
    EXPECT_TRUE(a->pool(a->feature_map(input)).equal(whole->pool(whole->feature_map(input))));
    EXPECT_FALSE(a->forward(input).equal(b->forward(input)));
}

TEST_F(Encoder, IsFoundInEveryFolderThatIsListed) {
    const test::Environment listed("DFD_ENCODERS",
                                   (folder / "none").native() + ":" + encoder_folder.native());
    EXPECT_EQ(encoder_folders(), (std::vector<fs::path>{folder / "none", encoder_folder}));
    EXPECT_EQ(find_encoder(record.experts[0]), encoder_file());
    ::unsetenv("DFD_ENCODERS");
    const test::Environment data("XDG_DATA_HOME", (folder / "data").native());
    EXPECT_EQ(encoder_folders().front(), folder / "data/deepfake-defenders/encoders");
    EXPECT_FALSE(find_encoder(record.experts[0]));
}

TEST_F(Encoder, WithoutItTheOtherExpertsRemain) {
    const auto complete = usable_panel(record);
    EXPECT_EQ(complete.experts.size(), 3u);
    EXPECT_EQ(complete.digest, record.digest);
    EXPECT_TRUE(complete.left_out.empty());
    fs::remove(encoder_file());
    const auto usable = usable_panel(record);
    ASSERT_EQ(usable.experts.size(), 1u);
    EXPECT_EQ(usable.experts[0].name, "whole");
    EXPECT_EQ(usable.left_out, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(usable.digest.size(), 64u);
    EXPECT_NE(usable.digest, record.digest) << "its scores are another panel's";
    EXPECT_EQ(usable_panel(record).digest, usable.digest);
    EXPECT_EQ(usable_panel(usable).digest, usable.digest);
    EXPECT_EQ(left_out_sentence(usable.left_out),
              "The experts \"a\" and \"b\" are left out, because the encoder that they need is not "
              "installed. Fetch it with packaging/setup.sh --encoder, or make it with dfd panel "
              "encoder --from FILE.");
    EXPECT_SAYS(panel_text(usable), R"("left_out":["a","b"])");
    EXPECT_EQ(panel_text(record).find("left_out"), std::string::npos);
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { write_panel(folder / "other", usable); }),
                "left out");

    record.experts.pop_back();
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)usable_panel(record); }),
                "every expert needs an encoder that is not installed. Fetch it with "
                "packaging/setup.sh --encoder");
    EXPECT_SAYS(why_not(), "The expert \"a\" is left out, because the encoder that it needs");
}

TEST_F(Encoder, IsRefusedWhenItIsDamagedOrDoesNotFit) {
    auto bytes = test::file_bytes(encoder_file());
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    test::write_bytes(encoder_file(), bytes);
    EXPECT_SAYS(why_not(), "is not the encoder that its name says: its SHA-256 differs");

    const auto use = [&](const StateDict& tensors) {
        encoder = write_safetensors(folder / "made.safetensors", tensors);
        fs::rename(folder / "made.safetensors", encoder_file());
        record.experts[0].encoder = encoder;
    };
    auto tensors = test::tiny_tensors("", true, false);
    const auto first = tensors.front();
    tensors.front().second = torch::full_like(first.second, NAN);
    use(tensors);
    EXPECT_SAYS(why_not(), "with its encoder contains NaN or infinity in the tensor");
    tensors.front().second = first.second.flatten();
    use(tensors);
    EXPECT_SAYS(why_not(), "has shape");
    tensors.erase(tensors.begin());
    use(tensors);
    EXPECT_SAYS(why_not(), "lacks the tensor \"" + first.first + "\"");
    use(test::tiny_tensors("a.", true, true));
    EXPECT_SAYS(why_not(), "twice");
    test::write_bytes(encoder_file(), "{}");
    record.experts[0].encoder = encoder;
    EXPECT_SAYS(why_not(), "SHA-256 differs");
}

TEST_F(Encoder, IsPartOfTheRecord) {
    const auto text = test::file_bytes(panel_folder / "panel.json");
    EXPECT_SAYS(text, "\"encoder\": \"" + encoder + "\"");
    const auto read = read_panel(panel_folder);
    EXPECT_EQ(read.experts[1].encoder, encoder);
    EXPECT_TRUE(read.experts[2].encoder.empty());
    for (auto& expert : record.experts)
        expert.encoder.clear();
    write_panel(panel_folder, record);
    EXPECT_EQ(test::file_bytes(panel_folder / "panel.json").find("\"encoder\""), std::string::npos);
    record.experts[0].encoder = "ABC";
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { write_panel(panel_folder, record); }),
                "the field \"experts[0].encoder\" is not 64 lower-case hexadecimal digits");
}

TEST_F(Encoder, IsVerifiedWithThePanel) {
    auto checks = verify_panel(record);
    ASSERT_EQ(checks.size(), 5u);
    for (const auto& check : checks)
        EXPECT_TRUE(check.ok) << check.problem;
    EXPECT_EQ(checks[1].file, encoder_file().filename());

    fs::remove(encoder_file());
    checks = verify_panel(record);
    EXPECT_TRUE(checks[0].ok && checks[2].ok && checks[3].ok && checks[4].ok);
    EXPECT_TRUE(checks[1].absent && !checks[1].ok);
    EXPECT_SAYS(checks[1].problem, "The experts \"a\" and \"b\" are left out");

    // Heads are checked without the encoder too.
    auto head = test::tiny_tensors("a.", false, true);
    head.front().second = torch::full_like(head.front().second, NAN);
    rewrite(0, head);
    EXPECT_SAYS(verify_panel(record)[2].problem, "NaN or infinity");
    head.erase(head.begin());
    rewrite(0, head);
    EXPECT_SAYS(verify_panel(record)[2].problem, "lacks the tensor");

    record.experts.pop_back();
    EXPECT_FALSE(verify_panel(record)[1].absent) << "no expert is left";
    test::write_bytes(encoder_file(), "damaged");
    EXPECT_SAYS(verify_panel(record)[1].problem, "SHA-256 differs");
}

TEST_F(Encoder, IsNotNeededToAddAPanel) {
    fs::remove(encoder_file());
    const auto added = add_panel({panel_folder, "copy", {}, false});
    EXPECT_EQ(added.experts[0].encoder, encoder);
    EXPECT_EQ(experts_without_encoder(added), (std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(fs::exists(added.folder / encoder_file().filename()));
}

}  // namespace
}  // namespace dfd
