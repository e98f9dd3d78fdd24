// The language of sentences for people. The English sentence is the key, as with gettext; other
// languages come from PO files in the data folder "languages". Plain C++.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// The sentences of one language.
class Catalogue {
  public:
    Catalogue(Catalogue&&) = default;
    Catalogue& operator=(Catalogue&&) = default;

    /// Reads a gettext PO file: msgctxt, msgid, msgid_plural, msgstr. Comments, obsolete and fuzzy
    /// entries and those without a translation are left out. Throws std::runtime_error with the
    /// number of the line that cannot be read.
    [[nodiscard]] static Catalogue read_po(std::string_view text);

    /// The code that the file's header states, for example "de"; empty without one.
    [[nodiscard]] const std::string& language() const { return language_; }
    [[nodiscard]] std::size_t size() const { return sentences_.size(); }

    /// The translation, or nullptr. With `context`, of the entry with that msgctxt, otherwise of
    /// the one without any. `count` chooses the plural form: the first for 1, the second otherwise,
    /// or the first for every count where the language has only one.
    [[nodiscard]] const std::string* find(std::string_view english, std::string_view context = {},
                                          std::size_t count = 1) const;
    /// The translation of a sentence that was filled in English: found by the English sentence
    /// that it was made from, whose values are filled in again. A value that is itself a sentence
    /// of the catalogue is translated, unless it stands in quotation marks. Nothing where no
    /// sentence fits; that with most text of its own where several do.
    [[nodiscard]] std::optional<std::string> find_filled(std::string_view english) const;

  private:
    Catalogue() = default;

    /// A place in a sentence where a value stands: after `before`.
    struct Gap {
        std::string_view before;
        std::size_t value = 0;  ///< 0 for %1
    };
    /// A sentence with values. Points into `sentences_`, whose nodes stay when the object is moved.
    struct Pattern {
        std::vector<Gap> gaps;
        std::string_view end;  ///< behind the last gap
        const std::vector<std::string>* forms = nullptr;
        std::size_t own = 0;  ///< bytes of text of its own
    };
    static Pattern pattern_of(std::string_view sentence, const std::vector<std::string>& forms);
    static std::vector<std::string_view> values_in(std::string_view text, const Pattern& pattern);

    std::string language_;
    std::map<std::string, std::vector<std::string>, std::less<>> sentences_;
    std::vector<Pattern> patterns_;  ///< those with most text of their own first
};

/// The codes of the languages that come with the program, "en" first, then by code.
[[nodiscard]] std::vector<std::string> languages();

/// Uses a language for all that is said from now on. "en" always works. Returns false, and changes
/// nothing, where the program has no such language. Throws std::runtime_error when its file cannot
/// be read. To be called before other threads say anything.
bool use_language(const std::string& code);

/// The code of the language in use: "en" unless another was chosen, and inside InEnglish.
[[nodiscard]] std::string language();

/// Everything that this thread says while an object lives is English: what is written for programs
/// to read (JSON, CSV) and what is kept in cases and records.
class InEnglish {
  public:
    InEnglish();
    ~InEnglish();
    InEnglish(const InEnglish&) = delete;
    InEnglish& operator=(const InEnglish&) = delete;
};

/// The sentence in the language in use, or nothing where it has none.
[[nodiscard]] std::optional<std::string> translation(std::string_view english,
                                                     std::string_view context = {},
                                                     std::size_t count = 1);

/// The sentence in the language in use, in English where it has none. %1 to %9 stand for the
/// `values`, which may come in another order in another language.
[[nodiscard]] std::string say(std::string_view english,
                              std::initializer_list<std::string_view> values = {});

/// The same with a count, which is %1 and chooses the form: say_count(3, "%1 picture", "%1
/// pictures"). `values` are %2 and further ones.
[[nodiscard]] std::string say_count(std::size_t count, std::string_view one, std::string_view many,
                                    std::initializer_list<std::string_view> values = {});

/// What was said in English, and kept so, in the language in use: the warnings and facts of a
/// picture, which cases and exports have in English. As it is where there is no translation.
[[nodiscard]] std::string say_again(std::string_view english);

/// Marks a sentence that is said elsewhere, for example in a table of constants.
constexpr const char* to_say(const char* english) {
    return english;
}

}  // namespace dfd
