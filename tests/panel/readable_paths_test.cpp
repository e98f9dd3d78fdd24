// What a program's manifest may ask to read of this machine.
#include "core/panel/foreign/readable_paths.h"

#include <gtest/gtest.h>

#include "core/panel/foreign/foreign_expert.h"
#include "core/panel/json/panel_error.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/panel/foreign_fixture.h"
#include "tests/panel/panel_fixture.h"
#include "tests/says.h"

namespace dfd {
namespace {

std::string refusal(const std::string& path) {
    return test::sentence_of<PanelError>([&] { (void)readable_paths({path}); });
}

TEST(ReadablePaths, WhatReachesTheSystemOrAPersonIsRefused) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directories(folder / "people/anna/venv");
    const test::Environment home("HOME", (folder / "people/anna").native());
    for (const auto* path : {"/", "/run", "/run/user/1000", "/var", "/var/run", "/var/run/x.sock",
                             "/tmp", "/proc", "/proc/1/root", "/sys", "/dev", "/dev/shm"})
        EXPECT_SAYS(refusal(path), "\"reads\" has the entry \"" + std::string(path) + "\"");
    EXPECT_SAYS(refusal((folder / "people").native()), "your home folder");
    EXPECT_SAYS(refusal((folder / "people/anna").native()), "your home folder");
    EXPECT_SAYS(refusal((folder / "people/anna/").native()), "your home folder");
    const auto link = folder / "link";
    std::filesystem::create_directory_symlink("/proc", link);
    EXPECT_SAYS(refusal(link.native()), "which is in /proc");
    EXPECT_SAYS(refusal((link / "1").native()), "which is in /proc");
}

TEST(ReadablePaths, OthersAreGivenWithTheirRealPlaces) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directories(folder / "anna/venv");
    std::filesystem::create_directory_symlink(folder / "anna/venv", folder / "link");
    const test::Environment home("HOME", (folder / "anna").native());
    const auto link = (folder / "link").native();
    const auto usable = readable_paths({link, "/usr/share", "/opt/none here"});
    ASSERT_EQ(usable.size(), 3u);
    EXPECT_EQ(usable[0].first, std::filesystem::canonical(folder / "anna/venv"));
    EXPECT_EQ(usable[0].second, link);
    EXPECT_EQ(usable[1].second, "/usr/share");
}

TEST(ReadablePaths, AProgramThatAsksForTooMuchIsNotOpened) {
    const test::TemporaryFolder folder;
    auto manifest = test::write_program(folder.path());
    manifest["program"]["reads"] = {"/run"};
    const auto parsed = parse_foreign_manifest(manifest.dump(), "manifest.json");
    EXPECT_SAYS(
        test::sentence_of<PanelError>([&] { (void)open_program_expert(parsed, folder.path()); }),
        "which is in /run");
}

}  // namespace
}  // namespace dfd
