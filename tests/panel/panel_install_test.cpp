#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <torch/torch.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>

#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/preprocess.h"
#include "core/opinion/opinion.h"
#include "core/panel/panel_networks.h"
#include "core/panel/published_weights.h"
#include "core/picture/picture.h"
#include "tests/golden_data.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using test::kSmall;
using test::PanelTest;
using PanelInstall = PanelTest;

/// The expected expert: averaged parameters, raw BatchNorm statistics.
std::shared_ptr<ExpertNetwork> direct(const std::string& architecture, std::size_t index) {
    auto network = make_network(architecture);
    const auto raw = std::to_string(index) + ".baseline_extractor.";
    fill_by_formula(*network, architecture, "ema." + raw, raw);
    return network;
}

TEST_F(PanelInstall, EveryTensorIsTheAverageOrTheStatistic) {
    write(kSmall);
    const auto panel = install_panel(request());
    ASSERT_EQ(panel.experts.size(), 2u);
    EXPECT_TRUE(panel.ema);
    EXPECT_FALSE(panel.starter);
    const auto input = torch::rand({1, 3, 96, 96});
    for (std::size_t i = 0; i < kSmall.size(); ++i) {
        const auto& expert = panel.experts[i];
        SCOPED_TRACE(expert.name);
        EXPECT_EQ(expert.architecture, kSmall[i]);
        EXPECT_EQ(expert.name, kSmall[i] + "-" + std::to_string(i));
        EXPECT_EQ(expert.gradcam_layer, find_architecture(kSmall[i]).gradcam_layer);
        const auto loaded = load_expert(panel, expert);
        const auto wanted = direct(kSmall[i], i);
        const auto ours = named_tensors(*loaded), theirs = named_tensors(*wanted);
        ASSERT_EQ(ours.size(), theirs.size());
        for (std::size_t t = 0; t < ours.size(); ++t) {
            ASSERT_EQ(ours[t].name, theirs[t].name);
            ASSERT_TRUE(ours[t].tensor.equal(theirs[t].tensor)) << ours[t].name;
            EXPECT_EQ(ours[t].tensor.requires_grad(), theirs[t].tensor.requires_grad());
        }
        const torch::NoGradGuard no_gradients;
        EXPECT_TRUE(loaded->forward(input).equal(wanted->forward(input)));
        auto raw = make_network(kSmall[i]);
        const auto prefix = std::to_string(i) + ".baseline_extractor.";
        fill_by_formula(*raw, kSmall[i], prefix, prefix);
        EXPECT_FALSE(loaded->forward(input).allclose(raw->forward(input), 1e-3, 1e-3))
            << "averages and raw parameters cannot be distinguished";
    }
}

TEST_F(PanelInstall, ScoresEqualTheReference) {
    // The golden network of this architecture is filled under "atto.baseline_extractor."; it has no
    // BatchNorm, so the averages are the complete network.
    write({"convnextv2_atto"}, {}, "atto.baseline_extractor.");
    const auto panel = install_panel(request());
    const auto network = load_expert(panel, panel.experts.at(0));
    const auto& input = panel.experts.at(0).input;
    const auto pictures = golden("moe.json").at("extra").at("convnextv2_atto");
    ASSERT_FALSE(pictures.empty());
    const torch::NoGradGuard no_gradients;
    for (const auto& [name, want] : pictures.items()) {
        const auto picture = read_picture(golden_path("images/" + name));
        const auto pixels =
            wrap_rgb(picture.pixels.rgb.data(), picture.pixels.width, picture.pixels.height);
        const auto logits =
            network->forward(stretch(normalise(pixels, input.mean, input.std), input.size));
        for (int i = 0; i < 2; ++i) {
            const auto expected = want.at("logits").at(static_cast<std::size_t>(i)).get<double>();
            EXPECT_NEAR(logits[0][i].item<double>(), expected, 1e-3 + 1e-3 * std::abs(expected));
        }
    }
}

TEST_F(PanelInstall, ParameterOrderEqualsTheReference) {
    const auto architectures = golden("architectures.json");
    for (const auto& [name, entry] : architectures.items()) {
        SCOPED_TRACE(name);
        const auto& blueprint = blueprint_of(name);
        std::vector<std::string> order;
        for (std::size_t i = 0; i < blueprint.parameters; ++i) {
            EXPECT_TRUE(blueprint.tensors[i].parameter);
            order.push_back("baseline_extractor." + blueprint.tensors[i].name);
        }
        EXPECT_EQ(order, entry.at("parameter_order").get<std::vector<std::string>>());
    }
}

TEST_F(PanelInstall, FilesAreBoundByDigestAndOriginBySources) {
    write(kSmall);
    const auto panel = install_panel(request());
    for (const auto& expert : panel.experts)
        EXPECT_EQ(sha256_hex_of_file(panel.folder / expert.file), expert.sha256);
    EXPECT_EQ(panel.digest, sha256_hex_of_file(panel.folder / "panel.json"));
    EXPECT_SAYS(panel.origin, sha256_hex_of_file(folder / "weight.pth"));
    EXPECT_SAYS(panel.origin, sha256_hex_of_file(folder / "ema.state"));
    EXPECT_EQ(panel.folder, folder / "panels" / "small");
    EXPECT_EQ(find_panel("small").digest, panel.digest);
}

/// Whether `address` lies in a memory mapping of `file`, according to the system.
bool mapped_from(const void* address, const fs::path& file) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0, end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) == 2 &&
            reinterpret_cast<std::uintptr_t>(address) >= begin &&
            reinterpret_cast<std::uintptr_t>(address) < end)
            return line.ends_with(file.native());
    }
    return false;
}

TEST_F(PanelInstall, LoadedFloatsAreViewsOfTheFile) {
    write({"tf_efficientnet_b0"});
    const auto panel = install_panel(request());
    const auto file = panel.folder / panel.experts.at(0).file;
    const auto network = load_expert(panel, panel.experts.at(0));
    for (const auto& tensor : named_tensors(*network))
        EXPECT_TRUE(mapped_from(tensor.tensor.data_ptr(), file)) << tensor.name;
}

TEST_F(PanelInstall, WrongWeightsNameTheTensor) {
    const std::string tensor = "1.baseline_extractor.conv_stem.weight";
    const std::string variance = "1.baseline_extractor.bn1.running_var";
    const auto says = [&](const test::PublishedFaults& faults, const std::string& part) {
        write(kSmall, faults);
        const auto sentence = why_not(request());
        EXPECT_SAYS(sentence, part);
        EXPECT_EQ(things_in_panels(), 0u) << sentence;
    };
    says({.left_out = {tensor, variance}},
         "expert 1 is most similar to tf_efficientnet_b0, but lacks the tensor "
         "\"conv_stem.weight\" (of 311 tensors, 2 are missing");
    says({.transposed = {tensor}}, "\"conv_stem.weight\" has shape [3, 3, 3, 32], expected");
    says({.not_a_number = {tensor}}, "NaN or infinity in the tensor \"" + tensor + "\"");
    says({.negative = {variance}}, "negative variance in the tensor \"" + variance + "\"");
    says({.extra_tensor = "0.baseline_extractor.stem.9.weight"},
         "expert 0 is most similar to convnextv2_atto, but has the unexpected tensor "
         "\"stem.9.weight\"");
    says({.extra_tensor = "optimizer"}, "\"optimizer\" is not named like a tensor of an expert");
    says({.extra_tensor = "01.baseline_extractor.x"}, "is not named like a tensor of an expert");
    says({.extra_tensor = "3.baseline_extractor.x"}, "expert 3 but not expert 2");
    says({.extra_tensor = "2.baseline_extractor.x"},
         "expert 2 has no tensor of a supported architecture");
}

TEST_F(PanelInstall, WrongAveragesNameTheParameter) {
    const auto says = [&](const test::PublishedFaults& faults, const std::string& part) {
        write(kSmall, faults);
        const auto sentence = why_not(request());
        EXPECT_SAYS(sentence, part);
        EXPECT_SAYS(sentence, "ema.state");
        EXPECT_EQ(things_in_panels(), 0u) << sentence;
    };
    says({.average_not_a_number = "1.baseline_extractor.conv_stem.weight"},
         "NaN or infinity in the tensor \"1.shadow_params[0]\"");
    says({.average_left_out = "0.baseline_extractor.stem.0.bias"},
         "139 averages for expert 0 (convnextv2_atto), which has 140 parameters");
    says({.average_transposed = "0.baseline_extractor.stem.0.weight"},
         "the parameter \"stem.0.weight\" has [40, 3, 4, 4]");
    says({.experts_in_ema = 1}, "no averages for expert 1");
}

TEST_F(PanelInstall, ExpertsBeyondTheWeightsAreRefused) {
    write(kSmall);
    fs::rename(folder / "ema.state", folder / "two.state");
    write({"convnextv2_atto"});
    fs::rename(folder / "two.state", folder / "ema.state");
    EXPECT_SAYS(why_not(request()), "averages for expert 1, but the weights have 1 experts");
}

TEST_F(PanelInstall, AnInstalledPanelIsReplacedOnlyWhenAsked) {
    write({"convnextv2_atto"});
    const auto first = install_panel(request());
    EXPECT_SAYS(why_not(request()), "already installed");
    EXPECT_EQ(find_panel("small").digest, first.digest);
    write(kSmall);
    auto again = request();
    again.replace = true;
    EXPECT_EQ(install_panel(again).experts.size(), 2u);
    EXPECT_EQ(find_panel("small").experts.size(), 2u);
    EXPECT_EQ(things_in_panels(), 1u + 2u + 1u);  // folder, experts, panel.json; no old panel
    // A failed replacement keeps the old one.
    write(kSmall, {.experts_in_ema = 1});
    EXPECT_SAYS(why_not(again), "no averages");
    EXPECT_EQ(find_panel("small").experts.size(), 2u);
}

TEST_F(PanelInstall, AFolderThatIsNotAPanelIsNeverReplaced) {
    write({"convnextv2_atto"});
    fs::create_directories(folder / "panels" / "small");
    test::write_bytes(folder / "panels" / "small" / "diary.txt", "dear diary");
    auto asked = request();
    asked.replace = true;
    EXPECT_SAYS(why_not(asked), "is not a panel");
    EXPECT_TRUE(fs::exists(folder / "panels" / "small" / "diary.txt"));
}

TEST_F(PanelInstall, NamesThatLeaveTheFolderAreRefused) {
    write({"convnextv2_atto"});
    for (const auto* name : {"../up", "a/b", ".hidden", "..", " ", "a ", "n\nl", "\xc3\xa9"})
        EXPECT_SAYS(why_not(request(name)), "Invalid panel name");
    EXPECT_SAYS(why_not(request(std::string(101, 'a'))), "Invalid panel name");
    EXPECT_EQ(things_in_panels(), 0u);
}

TEST_F(PanelInstall, CancellingAnywhereLeavesNothing) {
    write(kSmall);
    int calls = 0;
    install_panel(request("whole"), [&](double, double, const std::string&) { ++calls; });
    ASSERT_GT(calls, 10);
    fs::remove_all(folder / "panels");
    for (int at = 0; at < calls; at += std::max(1, calls / 12)) {
        std::stop_source stop;
        int seen = 0;
        const auto tell = [&](double, double, const std::string&) {
            if (seen++ == at)
                stop.request_stop();
        };
        bool cancelled = false;
        try {
            install_panel(request(), tell, stop.get_token());
        } catch (const Cancelled&) {
            cancelled = true;
        }
        // The last progress call comes after the panel is complete.
        ASSERT_EQ(cancelled, at + 1 < calls) << at;
        ASSERT_EQ(things_in_panels() == 0, at + 1 < calls) << at;
        fs::remove_all(folder / "panels");
    }
}

TEST_F(PanelInstall, ProgressGrowsToAllBytes) {
    write(kSmall);
    double last = 0, all = 0;
    std::set<std::string> steps;
    install_panel(request(), [&](double done, double total, const std::string& what) {
        EXPECT_GE(done, last);
        EXPECT_LE(done, total);
        last = done;
        all = total;
        steps.insert(what);
    });
    EXPECT_GT(all, 0);
    EXPECT_EQ(last, all);
    EXPECT_TRUE(steps.contains("Checking weight.pth"));
    EXPECT_TRUE(steps.contains("Checking ema.state"));
    EXPECT_TRUE(steps.contains("Writing expert 2 of 2"));
}

TEST_F(PanelInstall, AbandonedFoldersAreRemovedAndLockedOnesKept) {
    write({"convnextv2_atto"});
    const auto dead = folder / "panels" / ".other.partial-1";
    const auto living = folder / "panels" / ".other.partial-2";
    fs::create_directories(dead);
    test::write_bytes(dead / "half.safetensors", "half");
    fs::create_directories(living);
    const int lock = ::open(living.c_str(), O_RDONLY | O_DIRECTORY);
    ASSERT_GE(lock, 0);
    ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
    install_panel(request());
    EXPECT_FALSE(fs::exists(dead));
    EXPECT_TRUE(fs::exists(living));
    ::close(lock);
    for (const auto& panel : list_panels())
        EXPECT_FALSE(panel.record.folder.filename().native().starts_with('.'));
}

TEST_F(PanelInstall, AFolderThatCannotBeWrittenIsReported) {
    write({"convnextv2_atto"});
    auto asked = request();
    asked.into = folder / "weight.pth" / "panels";
    EXPECT_SAYS(why_not(asked), "cannot be created");
}

TEST_F(PanelInstall, AWriteThatFailsHalfWayLeavesNothing) {
    write({"convnextv2_atto"});
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    auto* handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 1 << 20;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto sentence = why_not(request());
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_SAYS(sentence, "could not be written");
    EXPECT_SAYS(sentence, "convnextv2_atto-0.safetensors");
    EXPECT_EQ(things_in_panels(), 0u);
}

TEST_F(PanelInstall, ADamagedSourceNamesItsTensor) {
    write({"convnextv2_atto"});
    auto bytes = test::file_bytes(folder / "weight.pth");
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    test::write_bytes(folder / "weight.pth", bytes);
    const auto sentence = why_not(request());
    EXPECT_SAYS(sentence, "the tensor \"0.baseline_extractor.stages");
    EXPECT_SAYS(sentence, "checksum");
    EXPECT_EQ(things_in_panels(), 0u);
}

TEST_F(PanelInstall, VerifyFindsWhatChanged) {
    write(kSmall);
    const auto panel = install_panel(request());
    double last = 0, all = 0;
    for (const auto& check :
         verify_panel(panel, [&](double done, double total, const std::string&) {
             EXPECT_GE(done, last);
             last = done;
             all = total;
         }))
        EXPECT_TRUE(check.ok) << check.problem;
    EXPECT_EQ(last, all);

    const auto file = panel.folder / panel.experts[1].file;
    auto bytes = test::file_bytes(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    test::write_bytes(file, bytes);
    auto checks = verify_panel(panel);
    ASSERT_EQ(checks.size(), 3u);
    EXPECT_EQ(checks[0].file, "panel.json");
    EXPECT_TRUE(checks[0].ok);
    EXPECT_TRUE(checks[1].ok);
    EXPECT_FALSE(checks[2].ok);
    EXPECT_SAYS(checks[2].problem, "SHA-256");
    EXPECT_THROW((void)load_expert(panel, panel.experts[1]), PanelError);

    fs::remove(file);
    EXPECT_SAYS(verify_panel(panel)[2].problem, "cannot be opened");
    test::write_bytes(panel.folder / "panel.json",
                      test::file_bytes(panel.folder / "panel.json") + " ");
    EXPECT_SAYS(verify_panel(panel)[0].problem, "has changed");
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW((void)verify_panel(panel, {}, stop.get_token()), Cancelled);
}

TEST_F(PanelInstall, RemoveDeletesInstalledPanelsOnly) {
    write({"convnextv2_atto"});
    const auto panel = install_panel(request());
    auto elsewhere = panel;
    elsewhere.folder = folder / "elsewhere" / "small";
    fs::create_directories(folder / "elsewhere");
    fs::copy(panel.folder, elsewhere.folder, fs::copy_options::recursive);
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { remove_panel(elsewhere); }),
                "not among the installed panels");
    EXPECT_TRUE(fs::exists(elsewhere.folder / "panel.json"));

    auto bundled = panel;
    bundled.folder = fs::path(DFD_SOURCE_DIR) / "models" / "starter";
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { remove_panel(bundled); }),
                "is the bundled panel");

    remove_panel(panel);
    EXPECT_EQ(things_in_panels(), 0u);
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { remove_panel(panel); }), "is not a panel");
}

}  // namespace
}  // namespace dfd
