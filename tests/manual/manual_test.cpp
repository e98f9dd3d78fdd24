// README, manual and the folders' READMEs mention only things that exist.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "core/opinion/limits.h"
#include "tests/manual/page_check.h"

namespace dfd::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = DFD_SOURCE_DIR;
const fs::path kManual = "resources/manual";

std::vector<fs::path> manual_pages() {
    std::vector<fs::path> pages;
    for (const auto& entry : fs::directory_iterator(kRoot / kManual))
        if (entry.path().extension() == ".md")
            pages.push_back(kManual / entry.path().filename());
    std::sort(pages.begin(), pages.end());
    return pages;
}

std::vector<fs::path> readme_and_manual() {
    auto pages = manual_pages();
    pages.insert(pages.begin(), "README.md");
    return pages;
}

std::vector<fs::path> all_pages() {
    auto pages = readme_and_manual();
    for (const auto* page :
         {"core/training/README.md", "packaging/slurm/README.md", "models/starter/README.md"})
        pages.emplace_back(page);
    return pages;
}

std::string listed(const std::vector<std::string>& findings) {
    std::string text;
    for (const auto& finding : findings)
        text += '\n' + finding;
    return text;
}

class Manual : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
        check_ = new PageCheck(kRoot, DFD_BINARY_DIR);
    }
    static void TearDownTestSuite() {
        delete check_;
        check_ = nullptr;
    }

    /// The parsed page of resources/manual with this text.
    static Page page(const std::string& text) { return parse_page(kManual / "made-up.md", text); }
    static void expect_one(const std::vector<std::string>& findings, const std::string& finding) {
        ASSERT_EQ(findings.size(), 1u) << listed(findings);
        EXPECT_EQ(findings[0], (kManual / "made-up.md").generic_string() + ':' + finding);
    }

    static inline PageCheck* check_ = nullptr;
};

TEST_F(Manual, EveryCommandIsAcceptedByItsProgram) {
    std::size_t commands = 0;
    for (const auto& path : all_pages()) {
        const auto page = read_page(kRoot, path);
        const auto findings = check_->commands(page);
        EXPECT_TRUE(findings.empty()) << listed(findings);
        commands += page.code_lines.size();
    }
    EXPECT_GE(commands, 80u);
}

TEST_F(Manual, EveryOptionNamedAloneExists) {
    for (const auto& path : readme_and_manual()) {
        const auto findings = check_->lone_options(read_page(kRoot, path));
        EXPECT_TRUE(findings.empty()) << listed(findings);
    }
}

TEST_F(Manual, EveryLinkLeadsSomewhere) {
    std::size_t links = 0;
    for (const auto& path : all_pages()) {
        const auto page = read_page(kRoot, path);
        const auto findings = check_->links(page);
        EXPECT_TRUE(findings.empty()) << listed(findings);
        links += page.links.size();
    }
    EXPECT_GE(links, 60u);
}

TEST_F(Manual, TheReadmeIsShort) {
    EXPECT_LE(read_page(kRoot, "README.md").words, 1200u);
}

TEST_F(Manual, EveryLimitOfTheMethodStandsInIt) {
    std::ifstream stream(kRoot / kManual / "reading-a-result.md");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto start = text.find("\n## What a score can and cannot say\n");
    ASSERT_NE(start, std::string::npos);
    const auto section = text.substr(start, text.find("\n## ", start + 1) - start);
    ASSERT_FALSE(method_limits().empty());
    for (const auto& sentence : method_limits())
        EXPECT_NE(section.find("\n- " + sentence + '\n'), std::string::npos) << sentence;
    EXPECT_NE(section.find("often wrong, both ways. Do not decide or publish on it"),
              std::string::npos);
    EXPECT_NE(std::string(kTrialCaution).find("often wrong, both ways. Do not decide or publish"),
              std::string::npos);
}

TEST_F(Manual, TheIndexAndTheReadmeListEveryPage) {
    for (const fs::path& index : {kManual / "README.md", fs::path("README.md")}) {
        const auto links = read_page(kRoot, index).links;
        for (const auto& path : manual_pages()) {
            const bool listed = std::any_of(links.begin(), links.end(), [&](const auto& link) {
                return (index.parent_path() / link.text).lexically_normal() == path;
            });
            EXPECT_TRUE(listed || path == index) << index << " has no link to " << path;
        }
    }
}

// The window shows these pages with QTextDocument, which supports little HTML.
TEST_F(Manual, PagesArePlainMarkdown) {
    static const std::regex html("<[A-Za-z/!][^>]*>");
    for (const auto& path : readme_and_manual()) {
        const auto page = read_page(kRoot, path);
        EXPECT_FALSE(page.block_left_open) << path;
        for (const auto& passage : page.prose)
            EXPECT_FALSE(std::regex_search(passage.text, html))
                << path << ':' << passage.line << ": HTML: " << passage.text;
    }
}

TEST_F(Manual, AnUnknownCommandIsFound) {
    expect_one(check_->commands(page("# A\n\n```sh\ndfd scoer photo.jpg\n```\n")),
               "4: \"dfd\" has no command \"scoer\": dfd scoer photo.jpg");
    expect_one(check_->commands(page("Use `dfd case lst beach.dfd` here.")),
               "1: \"dfd case\" has no command \"lst\": dfd case lst beach.dfd");
}

TEST_F(Manual, AnUnknownOptionIsFound) {
    expect_one(check_->commands(
                   page("```sh\ncd x && build/release/bin/dfd score --colour a.jpg  # b\n```")),
               "2: \"dfd score\" has no option \"--colour\": "
               "cd x && build/release/bin/dfd score --colour a.jpg  # b");
    // An option of another command is an error, also on a continued line.
    expect_one(
        check_->commands(page("`dfd case verify beach.dfd --watch`")),
        "1: \"dfd case verify\" has no option \"--watch\": dfd case verify beach.dfd --watch");
    expect_one(
        check_->commands(page("```sh\nOMP_NUM_THREADS=1 dfd prepare edit \\\n  --photo=x\n```")),
        "2: \"dfd prepare edit\" has no option \"--photo\": "
        "OMP_NUM_THREADS=1 dfd prepare edit   --photo=x");
    expect_one(
        check_->commands(page("```sh\nsbatch --wrap='dfd train a.csv --plam p'\n```")),
        "2: \"dfd train\" has no option \"--plam\": sbatch --wrap='dfd train a.csv --plam p'");
    expect_one(
        check_->commands(page("`deepfake-defenders --kase a.dfd`")),
        "1: \"deepfake-defenders\" has no option \"--kase\": deepfake-defenders --kase a.dfd");
    expect_one(check_->lone_options(page("Take `--recursively` and `--recursive`.")),
               "1: no program or script has the option \"--recursively\": --recursively");
}

TEST_F(Manual, UnknownScriptsPresetsAndPathsAreFound) {
    expect_one(check_->commands(page("`packaging/rum.sh`")),
               "1: there is no \"packaging/rum.sh\": packaging/rum.sh");
    expect_one(check_->commands(page("`packaging/setup.sh --lost`")),
               "1: \"packaging/setup.sh\" has no option \"--lost\": packaging/setup.sh --lost");
    expect_one(check_->commands(page("`packaging/setup.sh --quiet`")),  // pip's, not the script's
               "1: \"packaging/setup.sh\" has no option \"--quiet\": packaging/setup.sh --quiet");
    expect_one(
        check_->commands(page("`cmake --preset fast`")),
        "1: CMakePresets.json has no \"fast\" among its configurePresets: cmake --preset fast");
    expect_one(check_->commands(page("`cmake --build --preset=fast`")),
               "1: CMakePresets.json has no \"fast\" among its buildPresets: "
               "cmake --build --preset=fast");
    expect_one(check_->commands(page("`ctest --preset base`")),  // hidden
               "1: CMakePresets.json has no \"base\" among its testPresets: ctest --preset base");
    expect_one(check_->commands(page("`core/elsewhere`")),
               "1: there is no \"core/elsewhere\": core/elsewhere");
}

TEST_F(Manual, ADeadLinkIsFound) {
    expect_one(check_->links(page("\n[a](no-such-page.md)")),
               "2: the link leads to no file: no-such-page.md");
    expect_one(check_->links(page("![a](../screenshots/none.png \"title\")")),
               "1: the link leads to no file: ../screenshots/none.png");
    expect_one(check_->links(page("[a](../../../elsewhere.md)")),
               "1: the link leaves the repository: ../../../elsewhere.md");
}

TEST_F(Manual, ADeadAnchorIsFound) {
    expect_one(check_->links(page("[a](panels.md#no-such-heading)")),
               "1: no heading has this anchor: panels.md#no-such-heading");
    expect_one(check_->links(page("# A\n## B, `c`?\n[a](#b-c) [a](#d)")),
               "3: no heading has this anchor: #d");
}

TEST_F(Manual, WhatIsRightIsNotReported) {
    const auto right = page(
        "# One\n## Same\n## Same\n[a](#same-1) [b](panels.md) [c](https://example.org/none)\n"
        "`dfd` `dfd COMMAND --help` `dfd case list beach.dfd --score-from 0.5` `packaging`\n"
        "```sh\ndfd score -v -- --odd-name.jpg  # --not-an-option\ndfd atlas a.jpg --scales=1,0.5 "
        "| less\n"
        "cmake --preset ci && cmake --build --preset ci\n```\n");
    EXPECT_TRUE(check_->commands(right).empty()) << listed(check_->commands(right));
    EXPECT_TRUE(check_->links(right).empty()) << listed(check_->links(right));
}

}  // namespace
}  // namespace dfd::test
