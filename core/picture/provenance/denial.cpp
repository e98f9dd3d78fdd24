#include "core/picture/provenance/denial.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kNearestWords = 6;  // in which a denial applies to the phrase

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

bool is_word(char c) {
    // Apostrophes as in "isn't", also the typographic one, whose bytes are not ASCII.
    return is_letter(c) || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if (is_word(c)) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty())
        words.push_back(std::move(word));
    return words;
}

bool denies(const std::string& word) {
    constexpr std::string_view kDenials[] = {
        "not",   "no",    "non",  "never", "without", "nor",  "none", "cannot", "zero", "neither",
        "nicht", "keine", "kein", "ohne",  "pas",     "sans", "sin",  "senza",  "geen", "niet"};
    return std::ranges::find(kDenials, word) != std::end(kDenials) || word.ends_with("n't") ||
           word.ends_with("n\u2019t");
}

/// "not only AI-generated" and "not real but AI-generated" do not deny.
bool revokes(const std::string& word) {
    constexpr std::string_view kWords[] = {"only", "just", "merely", "solely", "but", "rather"};
    return std::ranges::find(kWords, word) != std::end(kWords);
}

bool denied_before(std::string_view before) {
    const std::size_t clause = before.find_last_of(".;!?,|\n");
    const auto words =
        words_of(clause == std::string_view::npos ? before : before.substr(clause + 1));
    bool denied = false;
    for (std::size_t i = words.size() - std::min(words.size(), kNearestWords); i < words.size();
         ++i) {
        const bool free_of = words[i] == "free" && i + 1 < words.size() &&
                             (words[i + 1] == "of" || words[i + 1] == "from");
        denied = (denied || denies(words[i]) || free_of) && !revokes(words[i]);
    }
    return denied;
}

/// "AI-generated: no", "AI generated = false", "AI-generated? No", "AI-generated content: none",
/// "AI-generated-free".
bool denied_after(std::string_view after) {
    if (after.starts_with("-free") || after.starts_with(" free"))
        return true;
    const std::size_t mark = after.find_first_of(":=?");
    if (mark == std::string_view::npos ||
        after.substr(0, mark).find_first_of(".;!,") != std::string_view::npos)
        return false;
    const auto words = words_of(after.substr(mark + 1));
    return !words.empty() && (denies(words[0]) || words[0] == "n" || words[0] == "false");
}

}  // namespace

bool affirms(const std::string& text, std::string_view phrase) {
    for (std::size_t at = text.find(phrase); at != std::string::npos;
         at = text.find(phrase, at + 1)) {
        const std::size_t end = at + phrase.size();
        const bool whole =
            (at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]));
        const std::string_view all = text;
        if (whole && !denied_before(all.substr(0, at)) && !denied_after(all.substr(end)))
            return true;
    }
    return false;
}

bool says_none(std::string_view text) {
    constexpr std::string_view kNone[] = {
        "",     "no",       "none",           "n/a",   "na",       "-", "false", "0", "nil",
        "null", "not used", "not applicable", "no ai", "none used"};
    const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!text.empty() && space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && (space(text.back()) || text.back() == '.'))
        text.remove_suffix(1);
    return std::ranges::find(kNone, text) != std::end(kNone) || text.starts_with("no ai ");
}

}  // namespace dfd::picture_detail
