// Tests of the data folders and the version of an installed program.
#include "core/base/data_folders.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>

#include "core/base/version.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

class DataFolders : public testing::Test {
  protected:
    test::TemporaryFolder folder_;
    const fs::path root_ = fs::canonical(folder_.path());
};

TEST_F(DataFolders, OfTheUserAreInTheHomeOrWhereXdgSays) {
    const char* home = std::getenv("HOME");
    const char* data = std::getenv("XDG_DATA_HOME");
    const std::string kept_home = home != nullptr ? home : "",
                      kept_data = data != nullptr ? data : "";
    ::setenv("HOME", "/home/somebody", 1);
    ::unsetenv("XDG_DATA_HOME");
    EXPECT_EQ(user_data_folder(), "/home/somebody/.local/share/deepfake-defenders");
    ::setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_EQ(user_data_folder(), "/home/somebody/.local/share/deepfake-defenders");
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(user_data_folder(), "/data/deepfake-defenders");
    home != nullptr ? ::setenv("HOME", kept_home.c_str(), 1) : ::unsetenv("HOME");
    data != nullptr ? ::setenv("XDG_DATA_HOME", kept_data.c_str(), 1) : ::unsetenv("XDG_DATA_HOME");
}

TEST_F(DataFolders, AreFoundBesideAMovedProgram) {
    const auto models = root_ / "a b" / "share/deepfake-defenders/models";
    fs::create_directories(models);
    EXPECT_EQ(data_folder_of(root_ / "a b" / "bin/dfd", "models"), models);
    EXPECT_EQ(data_folder_of(root_ / "a b" / "bin/dfd", "manual"), std::nullopt);
    fs::rename(root_ / "a b", root_ / "moved");
    EXPECT_EQ(data_folder_of(root_ / "moved/bin/dfd", "models"),
              root_ / "moved/share/deepfake-defenders/models");
    EXPECT_EQ(data_folder_of(root_ / "a b" / "bin/dfd", "models"), std::nullopt);
}

TEST_F(DataFolders, MayBeLinksButNotFiles) {
    fs::create_directories(root_ / "source/models");
    fs::create_directories(root_ / "bin");
    fs::create_directories(root_ / "share/deepfake-defenders");
    fs::create_directory_symlink(root_ / "source/models",
                                 root_ / "share/deepfake-defenders/models");
    EXPECT_EQ(data_folder_of(root_ / "bin/dfd", "models"), root_ / "source/models");
    std::ofstream(root_ / "share/deepfake-defenders/samples") << "a file";
    EXPECT_EQ(data_folder_of(root_ / "bin/dfd", "samples"), std::nullopt);
}

TEST(DataFoldersOfTheBuild, LinkIntoTheSourceTree) {
    EXPECT_EQ(data_folder("models"), fs::canonical(fs::path(DFD_SOURCE_DIR) / "models"));
    EXPECT_EQ(data_folder("samples"),
              fs::canonical(fs::path(DFD_SOURCE_DIR) / "resources/samples"));
}

TEST(Version, IsAVersionAndPerhapsACommit) {
    EXPECT_TRUE(std::regex_match(program_version(), std::regex(R"(\d+\.\d+\.\d+)")));
    EXPECT_TRUE(std::regex_match(program_version_with_commit(),
                                 std::regex(R"(\d+\.\d+\.\d+( \([0-9a-f]{7,}(-dirty)?\))?)")))
        << program_version_with_commit();
    EXPECT_TRUE(program_version_with_commit().starts_with(program_version()));
}

}  // namespace
}  // namespace dfd
