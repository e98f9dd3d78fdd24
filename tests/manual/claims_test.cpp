// No sentence that a person reads claims more than a score can carry: not in the window, reports,
// command line, manual, README, model cards or translations.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// What claims and what denies in one language. Letters beyond ASCII are bytes: they stand in no
/// character class.
struct Rule {
    std::string language;
    std::regex claims;
    std::regex denials;  ///< also what asks: whether, if
};

Rule rule(const char* language, const char* claims, const char* denials) {
    const auto kind = std::regex::icase | std::regex::optimize;
    return {language, std::regex(claims, kind), std::regex(denials, kind)};
}

const std::vector<Rule>& rules() {
    static const std::vector<Rule> all{
        rule(
            "en",
            R"(\bprove[sdn]?\b|\bproof\b|\b(picture|photograph|photo|image|file|this|it) is (a )?(fake|real|genuine|authentic|manipulated)\b|\b(certainly|definitely|undoubtedly|infallibl[ey])\b|\b100 ?% (certain|sure|fake|real|accura)|\bprobability (that|of)\b|\bconfiden(t|ce)\b|\bdetects? (every|all)\b)",
            R"(\b(not|no|never|nothing|nobody|none|neither|cannot|whether|if|unless|without)\b|n't\b)"),
        rule(
            "de",
            R"(\b(beweist|beweisen|bewiesen|Beweise?|belegt)\b|\b(Bild|Foto|Datei|es|dies) ist (ein |eine )?(echt|gefälscht|manipuliert|Fälschung)|\b(Bild|Foto|Datei) (echt|gefälscht|manipuliert) ist\b|\b(zweifellos|unfehlbar|garantiert|mit Sicherheit)\b|\bWahrscheinlichkeit\b|\berkennt (alle|jede)|\b100 ?% (sicher|echt|gefälscht))",
            R"(\b(nicht|kein(e[mnrs]?)?|nie|niemand|nichts|weder|ohne|ob|falls|wenn)\b)"),
        rule(
            "es",
            R"(\b(demuestran?|demostrad[ao]s?|es una prueba|prueban? que|pruebas)\b|\b(imagen|foto|archivo) (es|sea) (un |una )?(fals[ao]|real|aut|manipulad|montaje)|\b(ciertamente|sin duda|infalible|garantizad[ao])\b|\bprobabilidad de\b|\bdetecta (tod|cualquier)|\b100 ?% (segur|real|fals))",
            R"(\b(no|ni|nunca|nada|nadie|tampoco|sin|si)\b|\bning(uno|una|ún))"),
        rule(
            "fr",
            R"(\b(prouv|preuves?\b)|\b(image|photo|fichier) (est|soit) (un |une )?(faux|fausse|vrai|authentique|manipul|truqu)|\b(certainement|sans aucun doute|infaillible|garanti)|\bprobabilité|\bdétecte (tou|chaque)|\b100 ?% (s|réel|faux))",
            R"(\b(ne|pas|non|ni|jamais|rien|aucune?|sans|si)\b|\bn('|’))"),
        rule(
            "zh",
            R"(证明(?!不了)|证实|(图片|照片|文件)(是|为)(伪造|真实|假)|肯定是|一定是|毫无疑问|绝对|百分之百|的概率|检测(所有|一切)|保证)",
            R"(不|没|无|未|非|是否|如果|若)"),
    };
    return all;
}

/// Null for a language without a rule.
const Rule* rule_of(const std::string& language) {
    const auto found = std::ranges::find(rules(), language, &Rule::language);
    return found == rules().end() ? nullptr : &*found;
}

std::vector<std::string> sentences(const std::string& text) {
    std::vector<std::string> found(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        found.back() += text[i];
        const bool mark = text[i] == '.' || text[i] == '!' || text[i] == '?' || text[i] == ';';
        bool end =
            mark && (i + 1 == text.size() || std::isspace(static_cast<unsigned char>(text[i + 1])));
        for (const auto* wide : {"。", "！", "？", "；"})
            end = end || found.back().ends_with(wide);
        if (end)
            found.emplace_back();
    }
    return found;
}

bool asks(const std::string& sentence) {
    return sentence.ends_with('?') || sentence.ends_with("？");
}

/// The sentences that claim something. A denial counts where it stands before the claim.
std::vector<std::string> claiming(const std::string& text, const Rule& rule) {
    std::vector<std::string> found;
    for (const auto& sentence : sentences(text)) {
        std::smatch claim;
        if (asks(sentence) || !std::regex_search(sentence, claim, rule.claims))
            continue;
        if (!std::regex_search(claim.prefix().str(), rule.denials))
            found.push_back(sentence);
    }
    return found;
}

/// The same of each part between separators: no sentence goes on in the next one.
std::vector<std::string> claiming_parts(const std::string& text, const std::string& separator,
                                        const Rule& rule) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        for (auto& sentence : claiming(text.substr(at, end - at), rule))
            found.push_back(std::move(sentence));
        at = end + separator.size();
    }
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

/// The translations of a PO file, one a line.
std::string translations(const std::string& po) {
    std::string all, line;
    bool translated = false;
    std::istringstream lines(po);
    while (std::getline(lines, line)) {
        if (line.starts_with("msgstr")) {
            all += '\n';
            translated = true;
        } else if (!line.starts_with('"')) {
            translated = false;
        }
        if (!translated)
            continue;
        const auto first = line.find('"'), last = line.rfind('"');
        for (auto i = first + 1; i < last; ++i)
            all += line[i] == '\\' ? (++i, ' ') : line[i];
    }
    return all;
}

TEST(Claims, TheRuleTellsClaimsFromDenials) {
    const auto& english = *rule_of("en");
    for (const auto* claim :
         {"This picture is fake.", "It proves the edit.", "The probability that it was made by AI.",
          "The panel is 100 % sure.", "It detects all edits.", "A certainly real photograph.",
          // What follows a claim does not take it back.
          "This picture is fake, not real.", "It proves the edit if you look closely.",
          "This picture is fake; is it not?"})
        EXPECT_EQ(claiming(claim, english).size(), 1u) << claim;
    for (const auto* fine :
         {"It is not the probability that the picture is fake.", "No tool proves one.",
          "A panel asks whether the picture is fake.", "An edit is a fake with a mask.",
          "Does it mean that this picture is fake?"})
        EXPECT_TRUE(claiming(fine, english).empty()) << fine;
    EXPECT_EQ(literals("a(\"one \" // \"no\"\n \"two\", 'x', \"three\");"), "\none two\nthree");
    // A denial in one literal is none in the next.
    EXPECT_EQ(claiming_parts("not calibrated\nThis picture is fake", "\n", english).size(), 1u);
}

TEST(Claims, EveryLanguageHasItsRule) {
    for (const auto& [language, claim, fine] :
         {std::array{"de", "Das Bild ist gefälscht.", "Das ist kein Beweis."},
          std::array{"de", "Der Wert belegt es, nicht mehr.", "Er prüft, ob das Bild echt ist."},
          std::array{"es", "La imagen es falsa.", "No es la probabilidad de que sea falsa."},
          std::array{"es", "Demuestra la edición.", "Por sí sola, no demuestra nada."},
          std::array{"fr", "Cela prouve la retouche.", "Un score n’est pas une preuve."},
          std::array{"fr", "Cette image est fausse.", "Il ne montre pas qu’une image est fausse."},
          std::array{"zh", "图片是伪造。", "这并不表明图片是真实的。"},
          std::array{"zh", "分数证明图片被改动。", "分数不是证明。"}}) {
        EXPECT_EQ(claiming(claim, *rule_of(language)).size(), 1u) << claim;
        EXPECT_TRUE(claiming(fine, *rule_of(language)).empty()) << fine;
    }
    EXPECT_EQ(sentences("一。二？").size(), 3u);  // the last is empty
    EXPECT_EQ(translations("msgid \"a\"\nmsgstr \"\"\n\"b \"\n\"c\\\"d\"\n\n#~ msgid \"e\"\n"),
              "\nb c d");
}

TEST(Claims, NoSentenceClaimsTooMuch) {
    const fs::path root = DFD_SOURCE_DIR;
    std::size_t files = 0, sentences_read = 0;
    const auto check = [&](const fs::path& file, const std::string& text, const char* separator,
                           const Rule& rule) {
        ++files;
        sentences_read += sentences(text).size();
        for (const auto& sentence : claiming_parts(text, separator, rule))
            ADD_FAILURE() << file.lexically_relative(root) << ": " << sentence;
    };
    const auto& english = *rule_of("en");
    for (const auto* folder : {"core", "ui", "app"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
                check(entry.path(), literals(contents(entry.path())), "\n", english);
    for (const auto* folder : {"resources", "models", "packaging/desktop"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const auto kind = entry.path().extension();
            if (kind == ".md" || kind == ".1" || kind == ".xml" || kind == ".desktop")
                check(entry.path(), contents(entry.path()), "\n\n", english);
        }
    check(root / "README.md", contents(root / "README.md"), "\n\n", english);
    EXPECT_GT(files, 400u);
    EXPECT_GT(sentences_read, 3000u);
    std::size_t languages = 0;
    for (const auto& entry : fs::directory_iterator(root / "resources" / "languages")) {
        if (entry.path().extension() != ".po")
            continue;
        const auto* const own = rule_of(entry.path().stem().string());
        ASSERT_NE(own, nullptr) << entry.path() << " has no rule in this test.";
        sentences_read = 0;
        check(entry.path(), translations(contents(entry.path())), "\n", *own);
        EXPECT_GT(sentences_read, 500u) << entry.path();
        ++languages;
    }
    EXPECT_GT(languages, 3u);
}

}  // namespace
}  // namespace dfd
