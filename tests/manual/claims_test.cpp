// No sentence that a person reads claims more than a score can carry: not in the window, reports,
// command line, manual, README or model cards.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// Words that claim, unless their sentence denies or asks.
const std::regex& claims() {
    static const std::regex words(
        R"(\bprove[sdn]?\b|\bproof\b|\b(picture|photograph|photo|image|file|this|it) is (a )?(fake|real|genuine|authentic|manipulated)\b|\b(certainly|definitely|undoubtedly|infallibl[ey])\b|\b100 ?% (certain|sure|fake|real|accura)|\bprobability (that|of)\b|\bconfiden(t|ce)\b|\bdetects? (every|all)\b)",
        std::regex::icase | std::regex::optimize);
    return words;
}

const std::regex& denials() {
    static const std::regex words(
        R"(\b(not|no|never|nothing|nobody|none|neither|cannot|whether|if|unless|without)\b|n't\b|\?)",
        std::regex::icase | std::regex::optimize);
    return words;
}

std::vector<std::string> sentences(const std::string& text) {
    std::vector<std::string> found(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        found.back() += text[i];
        const bool end = text[i] == '.' || text[i] == '!' || text[i] == '?' || text[i] == ';';
        if (end && (i + 1 == text.size() || std::isspace(static_cast<unsigned char>(text[i + 1]))))
            found.emplace_back();
    }
    return found;
}

/// The sentences that claim something.
std::vector<std::string> claiming(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& sentence : sentences(text))
        if (std::regex_search(sentence, claims()) && !std::regex_search(sentence, denials()))
            found.push_back(sentence);
    return found;
}

std::string contents(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// The string literals of C++ source, one a line; literals that follow each other are one.
std::string literals(const std::string& source) {
    std::string all;
    bool joined = false;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const char c = source[i];
        if (c == '/' && source.compare(i, 2, "//") == 0) {
            i = std::min(source.find('\n', i), source.size());
        } else if (c == '\'') {
            i = source.find('\'', source[i + 1] == '\\' ? i + 3 : i + 2);
            if (i == std::string::npos)
                break;  // a digit separator near the end
        } else if (c == '"') {
            if (!joined)
                all += '\n';
            for (++i; i < source.size() && source[i] != '"'; ++i)
                all += source[i] == '\\' ? (++i, ' ') : source[i];
            joined = true;
        } else if (!std::isspace(static_cast<unsigned char>(c))) {
            joined = false;
        }
    }
    return all;
}

TEST(Claims, TheRuleTellsClaimsFromDenials) {
    for (const auto* claim :
         {"This picture is fake.", "It proves the edit.", "The probability that it was made by AI.",
          "The panel is 100 % sure.", "It detects all edits.", "A certainly real photograph."})
        EXPECT_EQ(claiming(claim).size(), 1u) << claim;
    for (const auto* fine :
         {"It is not the probability that the picture is fake.", "No tool proves one.",
          "A panel asks whether the picture is fake.", "An edit is a fake with a mask."})
        EXPECT_TRUE(claiming(fine).empty()) << fine;
    EXPECT_EQ(literals("a(\"one \" // \"no\"\n \"two\", 'x', \"three\");"), "\none two\nthree");
}

TEST(Claims, NoSentenceClaimsTooMuch) {
    const fs::path root = DFD_SOURCE_DIR;
    std::size_t files = 0, sentences_read = 0;
    const auto check = [&](const fs::path& file, const std::string& text) {
        ++files;
        sentences_read += sentences(text).size();
        for (const auto& sentence : claiming(text))
            ADD_FAILURE() << file.lexically_relative(root) << ": " << sentence;
    };
    for (const auto* folder : {"core", "ui", "app"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
                check(entry.path(), literals(contents(entry.path())));
    for (const auto* folder : {"resources", "models", "packaging/desktop"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const auto kind = entry.path().extension();
            if (kind == ".md" || kind == ".1" || kind == ".xml" || kind == ".desktop")
                check(entry.path(), contents(entry.path()));
        }
    check(root / "README.md", contents(root / "README.md"));
    EXPECT_GT(files, 400u);
    EXPECT_GT(sentences_read, 3000u);
}

}  // namespace
}  // namespace dfd
