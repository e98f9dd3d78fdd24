// Programs as experts: what they do to themselves stays with them.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "core/base/cancelled.h"
#include "core/panel/json/panel_error.h"
#include "tests/panel/foreign_fixture.h"
#include "tests/panel/panel_fixture.h"
#include "tests/says.h"

namespace dfd {
namespace {

class ProgramExpertTest : public testing::Test {
  protected:
    void SetUp() override { DFD_NEEDS_PROGRAMS(); }

    std::unique_ptr<ForeignExpert> open(const std::vector<std::string>& command,
                                        const std::string& script = "", int seconds = 20,
                                        int memory_mb = 512) {
        auto manifest = test::write_program(folder.path(), command, script);
        manifest["program"]["limits"] = {
            {"memory_mb", memory_mb}, {"seconds", seconds}, {"start_seconds", 1}};
        return open_program_expert(parse_foreign_manifest(manifest.dump(), "manifest.json"),
                                   folder.path());
    }
    std::unique_ptr<ForeignExpert> shell(const std::string& script, int seconds = 20) {
        return open({"/bin/sh", "-c", script}, "", seconds);
    }
    static ForeignAnswer ask(ForeignExpert& expert, std::uint8_t red = 120,
                             const std::stop_token& stop = {}) {
        return expert.answer(expert.views(test::plain(16, 12, red, 100, 90)).at(0), stop);
    }
    static std::string refusal(ForeignExpert& expert) {
        return test::sentence_of<NoOpinion>([&] { (void)ask(expert); });
    }

    test::TemporaryFolder folder;
};

TEST_F(ProgramExpertTest, AnswersOneRequestALine) {
    const auto expert = open({"perl", "expert.pl"}, test::kRedAgainstGreen);
    EXPECT_NEAR(ask(*expert, 120).log_odds, 1, 1e-6);
    EXPECT_NEAR(ask(*expert, 60).log_odds, -2, 1e-6);
    EXPECT_NEAR(ask(*expert, 100).values.at(0), 0, 1e-6);
}

TEST_F(ProgramExpertTest, CrashesAreItsFailureOnThatPictureAlone) {
    // Ends by a signal on its first picture of each life, and answers none.
    const auto expert = shell("read line; echo oh no >&2; kill -SEGV $$");
    EXPECT_SAYS(refusal(*expert), "The program ended");
    EXPECT_SAYS(refusal(*expert), "oh no");
    const auto quits = shell("read line; exit 7");
    EXPECT_SAYS(refusal(*quits), "ended with status 7");
    EXPECT_SAYS(refusal(*open({"/usr/bin/none"})), "The program ");
}

TEST_F(ProgramExpertTest, IsStartedAgainAfterACrash) {
    const auto expert = shell(
        "n=0; while read line; do n=$((n+1)); [ $n -lt 2 ] || exit 1; echo '{\"score\": 0.5}'; "
        "done");
    EXPECT_NEAR(ask(*expert).log_odds, 0.5, 1e-9);
    EXPECT_SAYS(refusal(*expert), "ended with status 1");
    EXPECT_NEAR(ask(*expert).log_odds, 0.5, 1e-9);
}

TEST_F(ProgramExpertTest, HangsEndAtTheTimeLimit) {
    const auto expert = shell("read line; sleep 1000", 1);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_SAYS(refusal(*expert), "did not answer in time");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(ProgramExpertTest, NonsenseIsRefused) {
    EXPECT_SAYS(refusal(*shell("while read line; do echo hello; done")),
                "no JSON object: \"hello\"");
    EXPECT_SAYS(refusal(*shell("while read line; do echo '{}'; done")), "without a \"score\"");
    EXPECT_SAYS(refusal(*shell("while read line; do echo '{\"score\": \"x\"}'; done")),
                "\"score\"");
    EXPECT_SAYS(refusal(*shell("while read line; do echo '{\"score\": 1e999}'; done")), "The ");
    EXPECT_SAYS(refusal(*shell("read line; head -c 3000000 /dev/zero | tr '\\0' a; sleep 9")),
                "said more than it was asked for");
    EXPECT_SAYS(refusal(*shell("while read line; do echo '{\"error\": \"too dark\"}'; done")),
                "The program says: \"too dark\"");
}

TEST_F(ProgramExpertTest, SeesNeitherNetworkNorFilesNorProcesses) {
    test::write_bytes(folder / "secret", "x");
    const auto outside = folder.path().native();
    // Each test that succeeds inside adds to the score.
    const auto expert = shell(
        "read line; n=0;"
        "[ -e '" +
        outside +
        "/secret' ] && n=$((n+1));"
        "[ -e /home ] && n=$((n+10));"
        "[ -e /etc/passwd ] && n=$((n+100));"
        "(echo x > /expert/written) 2>/dev/null && n=$((n+1000));"
        "[ $(ls /sys/class/net 2>/dev/null | wc -l) -gt 0 ] && n=$((n+10000));"
        "[ $(grep -c : /proc/net/dev) -gt 1 ] && n=$((n+100000));"
        // Only the sandbox itself and this shell.
        "set -- /proc/[0-9]*; [ $# -gt 2 ] && n=$((n+1000000));"
        "echo \"{\\\"score\\\": 0.$n}\"; read end");
    EXPECT_NEAR(ask(*expert).values.at(0), 0, 1e-12);
}

TEST_F(ProgramExpertTest, WritesOnlyToTemporaryFoldersAndNotMuch) {
    // Each write that should fail and does not, or the other way round, adds to the score.
    const auto expert = shell(
        "read line; n=0;"
        "(echo x > /x) 2>/dev/null && n=$((n+1));"
        "(echo x > /dev/x) 2>/dev/null && n=$((n+10));"
        "head -c 80000000 /dev/zero 2>/dev/null > /dev/shm/large && n=$((n+100));"
        "rm /dev/shm/large;"
        "(echo x > /dev/shm/small) || n=$((n+1000));"
        "(echo x > /tmp/small) || n=$((n+10000));"
        "(echo x > /dev/null) || n=$((n+100000));"
        "echo \"{\\\"score\\\": 0.$n}\"; read end");
    EXPECT_NEAR(ask(*expert).values.at(0), 0, 1e-12);
}

TEST_F(ProgramExpertTest, ThePictureIsGoneAfterTheAnswer) {
    const auto temporary = folder / "temporary";
    std::filesystem::create_directory(temporary);
    const test::Environment elsewhere("TMPDIR", temporary.native());
    const auto answers = open({"perl", "expert.pl"}, test::kRedAgainstGreen);
    EXPECT_NEAR(ask(*answers, 120).log_odds, 1, 1e-6);
    const auto crashes = shell("read line; exit 1");  // and another expert.pl
    EXPECT_SAYS(refusal(*crashes), "ended with status 1");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(temporary))
        EXPECT_TRUE(entry.is_directory()) << entry.path();
    EXPECT_NEAR(ask(*answers, 60).log_odds, -2, 1e-6);
}

TEST_F(ProgramExpertTest, AFloodOfErrorsDoesNotKeepItFromItsDeadline) {
    const auto expert = shell("read line; yes >&2", 1);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_SAYS(refusal(*expert), "did not answer in time");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(ProgramExpertTest, ALocaliserGivesItsMapWithItsScore) {
    const auto manifest = test::write_localiser(folder.path());
    const auto expert = open_program_expert(
        parse_foreign_manifest(manifest.dump(), "manifest.json"), folder.path());
    auto picture = test::plain(16, 12, 120, 100, 90);
    for (std::size_t i = 0; i < 3 * 4; ++i)  // the first cell is dark
        for (std::size_t y = 0; y < 3; ++y)
            picture.rgb[3 * 16 * y + i] = 0;
    const auto answer = expert->answer(expert->views(picture).at(0), {});
    ASSERT_TRUE(answer.map);
    EXPECT_EQ(answer.map->rows, 4);
    EXPECT_EQ(answer.map->columns, 4);
    EXPECT_FALSE(looked_at(answer.map->values.at(0)));
    const auto density = density_of(*answer.map);
    for (std::size_t cell = 1; cell < 16; ++cell)
        EXPECT_NEAR(density.values.at(cell), 1, 1e-5);
    EXPECT_NEAR(answer.log_odds, 15.0 / 16, 1e-6);
}

TEST_F(ProgramExpertTest, AMapThatIsNotAsItsManifestSaysIsNoAnswer) {
    const auto refused = [&](const std::string& map) {
        auto manifest = test::write_localiser(folder.path());
        manifest["program"]["command"] = {
            "/bin/sh", "-c", "while read line; do echo '{\"score\": 1" + map + "}'; done"};
        const auto expert = open_program_expert(
            parse_foreign_manifest(manifest.dump(), "manifest.json"), folder.path());
        return refusal(*expert);
    };
    EXPECT_SAYS(refused(""), "without the \"map\" that its manifest names");
    EXPECT_SAYS(refused(", \"map\": []"), "without the \"map\"");
    EXPECT_SAYS(refused(", \"map\": [[1, 2], [3]]"), "rows are not lists of one length");
    EXPECT_SAYS(refused(", \"map\": [[1, \"x\"]]"), "neither a number nor null");
}

TEST_F(ProgramExpertTest, MemoryIsLimited) {
    const auto expert = open({"perl", "-e",
                              "$|=1; <STDIN>; my $x = 'a' x (1 << 30); print "
                              "qq({\"score\": 1}\\n); <STDIN>;"},
                             "", 20, 128);
    EXPECT_SAYS(refusal(*expert), "The program ended");
}

TEST_F(ProgramExpertTest, StopsAtOnce) {
    const auto expert = shell("read line; sleep 1000");
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        stop.request_stop();
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW((void)ask(*expert, 120, stop.get_token()), Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

}  // namespace
}  // namespace dfd
