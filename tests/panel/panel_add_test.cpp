// Tests of adding a trained panel's folder to the installed panels.
#include "core/panel/panel_add.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/cancelled.h"
#include "tests/panel/panel_fixture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

class PanelAdd : public test::PanelTest {
  protected:
    /// A panel with one expert in its own folder, with the other files of a training.
    void SetUp() override {
        write({"convnextv2_atto"});
        auto making = request("trained");
        making.into = folder / "made here";
        panel = install_panel(making);
        for (const auto* name : {"README.md", "training.json", "log.jsonl", "checkpoint.pt"})
            test::write_bytes(panel.folder / name, name);
        fs::create_directory(panel.folder / "experts");
    }
    [[nodiscard]] std::string why_not_added(const AddRequest& request) const {
        return test::sentence_of<PanelError>([&] { add_panel(request); });
    }

    PanelRecord panel;
};

TEST_F(PanelAdd, CopiesWeightsRecordAndDocuments) {
    double last = 0;
    const auto added = add_panel({panel.folder, "", {}, false},
                                 [&](double done, double, const std::string&) { last = done; });
    EXPECT_GT(last, 0);
    EXPECT_EQ(added.folder, folder / "panels" / "trained");
    EXPECT_EQ(added.digest, panel.digest) << "the record is the same, byte for byte";
    EXPECT_EQ(find_panel("trained").digest, panel.digest);
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(added.folder))
        files.insert(entry.path().filename());
    EXPECT_EQ(files, (std::set<std::string>{"README.md", "convnextv2_atto-0.safetensors",
                                            "panel.json", "training.json"}));
    fs::remove_all(panel.folder);
    for (const auto& check : verify_panel(added))
        EXPECT_TRUE(check.ok) << check.problem;
    EXPECT_EQ(things_in_panels(), 5u) << "nothing partial remains";
}

TEST_F(PanelAdd, AcceptsAnotherNameAndThePathOfTheRecord) {
    const auto added = add_panel({panel.folder / "panel.json", "my own", {}, false});
    EXPECT_EQ(added.name, "my own");
    EXPECT_EQ(added.title, panel.title);
    EXPECT_EQ(added.folder.filename(), "my own");
    EXPECT_EQ(find_panel("my own").experts.at(0).sha256, panel.experts.at(0).sha256);
}

TEST_F(PanelAdd, OnlyTheBundledPanelIsTheStarter) {
    auto record = panel;
    record.starter = true;
    record.title = "Starter panel";
    write_panel(panel.folder, record);
    const auto added = add_panel({panel.folder, "", {}, false});
    EXPECT_FALSE(added.starter);
    EXPECT_EQ(added.title, "trained");
    record.name = "starter";
    write_panel(panel.folder, record);
    EXPECT_SAYS(why_not_added({panel.folder, "", {}, false}), "is the bundled panel's");
    EXPECT_EQ(add_panel({panel.folder, "mine", {}, false}).name, "mine");
}

TEST_F(PanelAdd, ReplacesOnlyWhenAsked) {
    add_panel({panel.folder, "", {}, false});
    EXPECT_SAYS(why_not_added({panel.folder, "", {}, false}), "already installed");
    auto record = panel;
    record.title = "Another";
    write_panel(panel.folder, record);
    EXPECT_EQ(add_panel({panel.folder, "", {}, true}).title, "Another");
    EXPECT_EQ(find_panel("trained").title, "Another");
    // The installed folder itself is also a valid source.
    EXPECT_EQ(add_panel({folder / "panels/trained", "", {}, true}).title, "Another");
    EXPECT_SAYS(why_not_added({panel.folder, "../out", {}, false}), "Invalid panel name");
    EXPECT_EQ(things_in_panels(), 5u);
}

TEST_F(PanelAdd, DamagedPanelsAreRefused) {
    EXPECT_SAYS(why_not_added({folder / "nowhere", "", {}, false}), "nowhere");
    const auto weights = panel.folder / panel.experts.at(0).file;
    auto bytes = test::file_bytes(weights);
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    test::write_bytes(weights, bytes);
    const auto sentence = why_not_added({panel.folder, "", {}, false});
    EXPECT_SAYS(sentence, weights.native());
    EXPECT_SAYS(sentence, "its SHA-256 is");
    fs::remove(weights);
    EXPECT_SAYS(why_not_added({panel.folder, "", {}, false}), weights.native());
    EXPECT_EQ(things_in_panels(), 0u);
}

TEST_F(PanelAdd, CancellingLeavesNothing) {
    for (int calls = 0; calls < 3; ++calls) {
        std::stop_source stop;
        int seen = 0;
        if (calls == 0)
            stop.request_stop();
        const auto tell = [&](double, double, const std::string&) {
            if (++seen == calls)
                stop.request_stop();
        };
        EXPECT_THROW(add_panel({panel.folder, "", {}, false}, tell, stop.get_token()), Cancelled);
        EXPECT_EQ(things_in_panels(), 0u);
    }
}

}  // namespace
}  // namespace dfd
