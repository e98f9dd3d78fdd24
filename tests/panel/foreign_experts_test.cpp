// Checking and adding other people's experts, and verifying their panels.
#include "core/panel/combination_words.h"
#include "core/panel/encoders.h"
#include "core/panel/foreign_words.h"
#include "core/panel/panel_add.h"
#include "tests/panel/foreign_experts_fixture.h"
#include "tests/says.h"

namespace dfd {
namespace {

using test::ForeignExpertsTest;

TEST_F(ForeignExpertsTest, ANewPanelIsEmptyAndSaysSo) {
    const auto panel = new_panel("mine", "My experts");
    EXPECT_EQ(panel.title, "My experts");
    EXPECT_EQ(panel.combine, kLogOdds);
    EXPECT_STREQ(combination_words(panel), "mean of the experts' log-odds");
    EXPECT_STREQ(combination_words(PanelRecord{}), "mean of the experts' scores");
    EXPECT_TRUE(panel.experts.empty());
    EXPECT_SAYS(test::sentence_of<PanelError>([&] { (void)usable_panel(panel); }),
                "has no experts yet. Add one with \"dfd expert add\"");
    EXPECT_SAYS(test::sentence_of<PanelError>([] { (void)new_panel("mine", ""); }), "mine");
    EXPECT_EQ(verify_panel(panel).size(), 1u);
}

TEST_F(ForeignExpertsTest, AProgramIsCheckedAndAdded) {
    DFD_NEEDS_PROGRAMS();
    (void)program();
    const auto check = check_expert(files());
    EXPECT_EQ(check.problem, "");
    EXPECT_EQ(check.canaries.size(), 4u);
    const auto panel = added();
    ASSERT_EQ(panel.experts.size(), 1u);
    EXPECT_EQ(panel.experts[0].name, "red");
    EXPECT_EQ(panel.experts[0].kind, ExpertKind::Program);
    EXPECT_EQ(panel.experts[0].architecture, "program");
    EXPECT_EQ(files_of(panel, panel.experts[0]).size(), 6u);
    EXPECT_EQ(read_panel(panel.folder).digest, panel.digest);
    for (const auto& checked : verify_panel(panel))
        EXPECT_TRUE(checked.ok) << checked.problem;
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), "mine", "", ""});
                }),
                "has an expert \"red\" already");
    EXPECT_EQ(add_expert({files(), "mine", "red-2", ""}).experts.size(), 2u);
    // And the panel can be copied whole.
    const auto copy = add_panel({panel.folder, "copy", {}, false});
    EXPECT_EQ(copy.experts.size(), 2u);
    for (const auto& checked : verify_panel(copy))
        EXPECT_TRUE(checked.ok) << checked.problem;
}

TEST_F(ForeignExpertsTest, AFalseManifestIsRefusedAndSaysWhatWouldBeRight) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = program();
    manifest["output"]["fake"] = "low";
    rewrite(manifest);
    EXPECT_SAYS(problem(), "4 of 4 canaries failed");
    EXPECT_SAYS(problem(), "all pass with the classes swapped");
    manifest = program();
    manifest["canaries"][2]["probability"] = 0.9;
    rewrite(manifest);
    EXPECT_SAYS(problem(),
                "1 of 4 canaries failed; on \"canary10.png\" it gave the probability "
                "0.6225 instead of 0.9000");
    (void)new_panel("mine", "");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), "mine", "", ""});
                }),
                "canaries failed");
    EXPECT_TRUE(find_panel("mine").experts.empty());
    manifest = program();
    test::write_bytes(folder / "expert/expert.pl", "exit 1");
    EXPECT_SAYS(problem(), "is not the file that the manifest names");
}

TEST_F(ForeignExpertsTest, AMapIsCheckedByWhereItIsStrongest) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = test::write_localiser(folder / "expert");
    EXPECT_EQ(problem(), "");
    manifest["output"]["map"]["fake"] = "low";
    rewrite(manifest);
    EXPECT_SAYS(problem(), "1 of 5 canaries failed; on \"corner.png\" it has the highest value");
    EXPECT_SAYS(problem(), "\"fake\" in \"map\" names the wrong side");
    manifest["output"]["map"]["fake"] = "high";
    manifest["canaries"][4]["strongest"] = {0, 0.5, 0.5, 1};
    rewrite(manifest);
    EXPECT_SAYS(problem(), "of its map at 0.8750 across and 0.1250 down");
    manifest = test::write_localiser(folder / "expert");
    const auto panel = added();
    EXPECT_EQ(panel.experts[0].gradcam_layer, kOwnMap);
    EXPECT_EQ(read_panel(panel.folder).experts[0].gradcam_layer, kOwnMap);
    for (const auto& checked : verify_panel(panel))
        EXPECT_TRUE(checked.ok) << checked.problem;
}

TEST_F(ForeignExpertsTest, WhatAnExpertWasMadeForIsHeldAgainstTheQuestion) {
    ForeignManifest manifest;
    manifest.made_for = {"generated"};
    PanelRecord panel;
    EXPECT_EQ(misfit_text(manifest, panel, 0), "");
    panel.questions = {{"generated", "Made by a generator?", "", ""},
                       {"edited", "Edited in places?", "", ""},
                       {"third", "Something else?", "", ""}};
    EXPECT_EQ(misfit_text(manifest, panel, 0), "");
    EXPECT_EQ(misfit_text(manifest, panel, 1),
              "It was made for something else (generated) than the question \"Edited in places?\" "
              "asks about.");
    EXPECT_EQ(misfit_text(manifest, panel, 2), "");  // nobody knows
    manifest.made_for = {"edited", "faces"};
    EXPECT_SAYS(misfit_text(manifest, panel, 0), "(edited, faces)");
    EXPECT_SAYS(misfit_text(manifest, panel, 1), "made for pictures of faces");
    panel.subject = kFaces;
    EXPECT_EQ(misfit_text(manifest, panel, 1), "");
}

TEST_F(ForeignExpertsTest, ANewPanelIsMadeWithItsFirstExpertOrNotAtAll) {
    DFD_NEEDS_PROGRAMS();
    auto manifest = program();
    EXPECT_EQ(add_expert({files(), "", "", "", "fresh"}).experts.size(), 1u);
    EXPECT_EQ(find_panel("fresh").experts.size(), 1u);
    manifest["output"]["fake"] = "low";
    rewrite(manifest);
    EXPECT_THROW((void)add_expert({files(), "", "", "", "second"}), PanelError);
    EXPECT_THROW((void)find_panel("second"), PanelError);
}

TEST_F(ForeignExpertsTest, WhatCannotBeAddedIsSaid) {
    (void)program();
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)check_expert({folder / "model.onnx", folder / "expert/manifest.json"});
                }),
                "is of a program, which has no model");
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), "nowhere", "", ""});
                }),
                "There is no panel named \"nowhere\"");
    const test::Environment bundled("DFD_PANELS", (folder / "other").native());
    EXPECT_SAYS(test::sentence_of<PanelError>([&] {
                    (void)add_expert({files(), DFD_SOURCE_DIR "/models/starter", "", ""});
                }),
                "came with the program and is not changed");
}

TEST_F(ForeignExpertsTest, AChangedFileIsFoundByVerify) {
    DFD_NEEDS_PROGRAMS();
    (void)program();
    const auto panel = added();
    const auto place = panel.folder / "red";
    const auto problem_of = [&] { return verify_panel(panel).at(1).problem; };
    EXPECT_EQ(problem_of(), "");
    test::write_bytes(place / "expert.pl", std::string(test::kRedAgainstGreen) + "# changed\n");
    EXPECT_SAYS(problem_of(), "is not the file that this panel was made with");
    EXPECT_THROW((void)open_expert(panel, panel.experts[0]), PanelError);
    test::write_bytes(place / "manifest.json", "{}");
    EXPECT_SAYS(problem_of(), "is not the manifest that this panel was made with");
}

}  // namespace
}  // namespace dfd
