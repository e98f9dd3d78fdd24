// The table of the program's own sample pictures, against the files and their README.
#include "core/picture/sample_pictures.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "core/base/digest.h"
#include "core/base/language.h"
#include "tests/says.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(DFD_SOURCE_DIR) / "resources/samples";

TEST(SamplePictures, AreAllThatTheFolderHas) {
    std::set<std::string> files, named;
    for (const auto& entry : fs::directory_iterator(kFolder))
        if (entry.path().extension() != ".md")
            files.insert(entry.path().filename().string());
    std::ifstream stream(kFolder / "README.md");
    const std::string readme(std::istreambuf_iterator<char>(stream), {});
    for (const auto& sample : sample_pictures()) {
        named.insert(sample.file);
        EXPECT_SAYS(readme, "| `" + std::string(sample.file) + "` |");
    }
    EXPECT_EQ(named, files);
}

TEST(SamplePictures, AreKnownByTheirBytes) {
    for (const auto& sample : sample_pictures()) {
        EXPECT_EQ(sha256_hex_of_file(kFolder / sample.file), sample.sha256) << sample.file;
        EXPECT_EQ(sample_words(sample.sha256, false), sample.words);
    }
    EXPECT_EQ(sample_words({}, true), "");
    EXPECT_EQ(sample_words(sha256_hex_of_file(kFolder / "README.md"), true), "");
}

TEST(SamplePictures, TheirWordsSayWhetherTheyAreEdited) {
    std::set<std::string> edits;
    for (const auto& sample : sample_pictures()) {
        const std::string file = sample.file, words = sample.words;
        const bool untouched = words.find("nothing was edited") != std::string::npos;
        EXPECT_EQ(untouched, file.find("-edited-") == std::string::npos) << file;
        EXPECT_SAYS(words, "this project rendered");
        EXPECT_TRUE(untouched || edits.insert(words).second) << words;
    }
}

TEST(SamplePictures, OnlyTheStarterPanelIsSaidToBeMeasuredOnPhotographs) {
    const auto* const sample = sample_pictures().front().sha256;
    EXPECT_SAYS(sample_words(sample, true), "The starter panel was measured on photographs");
    EXPECT_EQ(sample_words(sample, false).find("panel"), std::string::npos);
}

TEST(SamplePictures, EveryLanguageHasTheirWords) {
    std::set<std::string> said;
    for (const auto& code : languages()) {
        ASSERT_TRUE(use_language(code));
        for (const auto& sample : sample_pictures())
            EXPECT_TRUE(code == "en" || translation(sample.words)) << code << ": " << sample.words;
        said.insert(sample_words(sample_pictures().front().sha256, true));
    }
    use_language("en");
    EXPECT_EQ(said.size(), languages().size());
}

}  // namespace
}  // namespace dfd
