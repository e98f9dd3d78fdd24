#include "core/base/language.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/base/data_folders.h"

namespace dfd {
namespace {

constexpr std::string_view kEnglish = "en";
constexpr char kAfterContext = '\4';  // As in gettext's binary files.

/// One entry of a PO file while it is read.
struct Entry {
    std::string context, id, plural;
    std::vector<std::string> translations;
    bool has_context = false, fuzzy = false;
};

class PoReader {
  public:
    explicit PoReader(std::string_view text) : rest_(text) {}

    /// The next entry; nothing at the end.
    std::optional<Entry> next() {
        Entry entry;
        std::string* open = nullptr;  // What a string on a line of its own continues.
        bool begun = false;
        while (!rest_.empty()) {
            const auto before = rest_;
            const auto line = next_line();
            if (line.empty())
                continue;
            if (line.front() == '#') {
                if (begun && open != nullptr && !entry.translations.empty()) {
                    rest_ = before, --line_;  // The next entry's comment.
                    return entry;
                }
                entry.fuzzy |= line.starts_with("#,") && line.find("fuzzy") != line.npos;
                continue;
            }
            if (line.front() == '"') {
                if (open == nullptr)
                    fail();
                *open += string(line);
                continue;
            }
            const auto space = line.find_first_of(" \t");
            if (space == line.npos)
                fail();
            const auto word = line.substr(0, space);
            if ((word == "msgid" || word == "msgctxt") && !entry.translations.empty()) {
                rest_ = before, --line_;
                return entry;
            }
            begun = true;
            if (word == "msgctxt")
                open = &entry.context, entry.has_context = true;
            else if (word == "msgid")
                open = &entry.id;
            else if (word == "msgid_plural")
                open = &entry.plural;
            else if (word.starts_with("msgstr"))
                open = &entry.translations.emplace_back();
            else
                fail();
            *open = string(line.substr(line.find_first_not_of(" \t", space)));
        }
        if (!begun)
            return std::nullopt;
        if (entry.translations.empty())
            fail();
        return entry;
    }

  private:
    [[noreturn]] void fail() const {
        throw std::runtime_error("Line " + std::to_string(line_) +
                                 " of a file with translations cannot be read.");
    }

    std::string_view next_line() {
        const auto end = std::min(rest_.find('\n'), rest_.size());
        auto line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++line_;
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
            line.remove_suffix(1);
        return line;
    }

    /// The text of a string in double quotes.
    [[nodiscard]] std::string string(std::string_view quoted) const {
        if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"')
            fail();
        std::string text;
        for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
            char c = quoted[i];
            if (c == '"')
                fail();
            if (c == '\\') {
                if (++i + 1 >= quoted.size())
                    fail();
                c = quoted[i] == 'n' ? '\n' : quoted[i] == 't' ? '\t' : quoted[i];
            }
            text += c;
        }
        return text;
    }

    std::string_view rest_;
    int line_ = 0;
};

std::string key(std::string_view english, std::string_view context) {
    return context.empty() ? std::string(english)
                           : std::string(context).append(1, kAfterContext).append(english);
}

std::string header_language(std::string_view header) {
    constexpr std::string_view kField = "Language:";
    const auto at = header.find(kField);
    if (at == header.npos)
        return {};
    auto value = header.substr(at + kField.size());
    value = value.substr(0, value.find('\n'));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return std::string(value);
}

/// The language in use; nullptr: English. Set before other threads say anything.
const Catalogue* in_use = nullptr;
thread_local int in_english = 0;

/// `text` with its %1 to %9 replaced in one pass, so that a value's own percent signs stay.
std::string filled(std::string_view text, const std::vector<std::string_view>& values) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit =
            text[i] == '%' && i + 1 < text.size() ? static_cast<unsigned>(text[i + 1] - '1') : 9U;
        if (digit < values.size())
            out += values[digit], ++i;
        else
            out += text[i];
    }
    return out;
}

}  // namespace

Catalogue Catalogue::read_po(std::string_view text) {
    Catalogue catalogue;
    PoReader reader(text);
    while (auto entry = reader.next()) {
        if (entry->id.empty() && !entry->has_context) {
            catalogue.language_ = header_language(entry->translations.front());
            continue;
        }
        const bool whole = std::none_of(entry->translations.begin(), entry->translations.end(),
                                        [](const std::string& form) { return form.empty(); });
        if (entry->fuzzy || !whole)
            continue;
        // A plural has an id of its own, so that it is found by either form.
        if (!entry->plural.empty())
            catalogue.sentences_.insert_or_assign(key(entry->plural, entry->context),
                                                  entry->translations);
        catalogue.sentences_.insert_or_assign(key(entry->id, entry->context),
                                              std::move(entry->translations));
    }
    constexpr std::size_t kLeast = 8;  // a sentence with less text of its own fits too much
    for (const auto& [sentence, forms] : catalogue.sentences_)
        if (sentence.find(kAfterContext) == sentence.npos)
            if (auto pattern = pattern_of(sentence, forms);
                !pattern.gaps.empty() && pattern.own >= kLeast)
                catalogue.patterns_.push_back(std::move(pattern));
    std::ranges::stable_sort(catalogue.patterns_, std::greater{}, &Pattern::own);
    return catalogue;
}

Catalogue::Pattern Catalogue::pattern_of(std::string_view sentence,
                                         const std::vector<std::string>& forms) {
    Pattern pattern{{}, {}, &forms, 0};
    std::size_t from = 0;
    for (std::size_t at = 0; at + 1 < sentence.size(); ++at)
        if (sentence[at] == '%' && sentence[at + 1] >= '1' && sentence[at + 1] <= '9') {
            pattern.gaps.push_back({sentence.substr(from, at - from),
                                    static_cast<std::size_t>(sentence[at + 1] - '1')});
            from = at + 2;
            ++at;
        }
    pattern.end = sentence.substr(from);
    pattern.own = sentence.size() - 2 * pattern.gaps.size();
    return pattern;
}

/// The values in the pattern's gaps, if `text` can have been made from it; otherwise none.
std::vector<std::string_view> Catalogue::values_in(std::string_view text, const Pattern& pattern) {
    const auto& gaps = pattern.gaps;
    std::vector<std::string_view> values;
    if (!text.starts_with(gaps.front().before))
        return {};
    text.remove_prefix(gaps.front().before.size());
    for (std::size_t i = 0; i < gaps.size(); ++i) {
        const bool last = i + 1 == gaps.size();
        const auto next = last ? pattern.end : gaps[i + 1].before;
        if (last && !text.ends_with(next))
            return {};
        const auto at = last ? text.size() - next.size() : text.find(next);
        if (at == text.npos || at == 0)
            return {};
        values.resize(std::max(values.size(), gaps[i].value + 1));
        auto& value = values[gaps[i].value];
        if (!value.empty() && value != text.substr(0, at))
            return {};
        value = text.substr(0, at);
        text.remove_prefix(at + next.size());
    }
    return values;
}

const std::string* Catalogue::find(std::string_view english, std::string_view context,
                                   std::size_t count) const {
    const auto found =
        context.empty() ? sentences_.find(english) : sentences_.find(key(english, context));
    if (found == sentences_.end())
        return nullptr;
    const auto& forms = found->second;
    return &forms[std::min<std::size_t>(count == 1 ? 0 : 1, forms.size() - 1)];
}

std::optional<std::string> Catalogue::find_filled(std::string_view english) const {
    for (const auto& pattern : patterns_) {
        auto values = values_in(english, pattern);
        if (values.empty())
            continue;
        // The count is %1, as in say_count().
        const auto& forms = *pattern.forms;
        const auto form = std::min<std::size_t>(values[0] == "1" ? 0 : 1, forms.size() - 1);
        for (const auto& [before, value] : pattern.gaps)
            if (!before.ends_with("\u201C") && !before.ends_with('"'))
                if (const auto* const translated = find(values[value]))
                    values[value] = *translated;
        return filled(forms[form], values);
    }
    return std::nullopt;
}

std::vector<std::string> languages() {
    std::vector<std::string> codes;
    if (const auto folder = data_folder("languages")) {
        std::error_code problem;
        for (const auto& file : std::filesystem::directory_iterator(*folder, problem))
            if (file.path().extension() == ".po")
                codes.push_back(file.path().stem().string());
    }
    std::sort(codes.begin(), codes.end());
    codes.insert(codes.begin(), std::string(kEnglish));
    return codes;
}

bool use_language(const std::string& code) {
    if (code == kEnglish) {
        in_use = nullptr;
        return true;
    }
    const auto here = languages();
    if (std::find(here.begin(), here.end(), code) == here.end())
        return false;
    std::ifstream file(*data_folder("languages") / (code + ".po"), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.good() && !file.eof())
        throw std::runtime_error("The file of the language \"" + code + "\" cannot be read.");
    static std::vector<std::unique_ptr<const Catalogue>> kept;  // Others may still be saying it.
    in_use = kept.emplace_back(std::make_unique<Catalogue>(Catalogue::read_po(text))).get();
    return true;
}

std::string language() {
    return in_use == nullptr || in_english > 0 ? std::string(kEnglish) : in_use->language();
}

InEnglish::InEnglish() {
    ++in_english;
}

InEnglish::~InEnglish() {
    --in_english;
}

std::optional<std::string> translation(std::string_view english, std::string_view context,
                                       std::size_t count) {
    if (in_use == nullptr || in_english > 0)
        return std::nullopt;
    const std::string* const found = in_use->find(english, context, count);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::string say(std::string_view english, std::initializer_list<std::string_view> values) {
    const auto found = translation(english);
    return filled(found ? std::string_view(*found) : english, values);
}

std::string say_again(std::string_view english) {
    if (in_use == nullptr || in_english > 0)
        return std::string(english);
    if (const auto* const found = in_use->find(english))
        return *found;
    return in_use->find_filled(english).value_or(std::string(english));
}

std::string say_count(std::size_t count, std::string_view one, std::string_view many,
                      std::initializer_list<std::string_view> values) {
    const auto found = translation(one, {}, count);
    const std::string number = std::to_string(count);
    std::vector<std::string_view> all{number};
    all.insert(all.end(), values);
    return filled(found ? std::string_view(*found) : count == 1 ? one : many, all);
}

}  // namespace dfd
