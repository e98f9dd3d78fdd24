// Reads the members of an untrusted JSON file, with a sentence for each that is wrong.
// Internal to core/panel.
#pragma once

#include <array>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/panel/json/panel_error.h"

namespace dfd {

/// The bytes of a small file. Throws PanelError: it does not exist, cannot be read, or is larger
/// than `most` bytes. `what` names such files ("a panel record").
[[nodiscard]] std::string read_small_file(const std::filesystem::path& file, std::size_t most,
                                          const std::string& what);

/// One JSON object of a file, with its path in the file ("experts[2].input") for errors. Every
/// reader throws PanelError. The object and the file's path must outlive it.
class JsonFields {
  public:
    using json = nlohmann::ordered_json;

    JsonFields(const json& object, std::string path, const std::filesystem::path& file);

    [[noreturn]] static void fail(const std::filesystem::path& file, const std::string& what);
    [[noreturn]] void refuse(const char* key, const std::string& what) const;

    [[nodiscard]] const json& at(const char* key) const;
    [[nodiscard]] bool has(const char* key) const { return object_.contains(key); }
    [[nodiscard]] JsonFields object(const char* key) const;
    [[nodiscard]] const json& list(const char* key) const;

    [[nodiscard]] std::string text(const char* key, bool may_be_empty = false) const;
    /// A text that is one of these words.
    [[nodiscard]] std::string word(const char* key, std::initializer_list<const char*> words) const;
    [[nodiscard]] std::string sha256(const char* key) const;
    [[nodiscard]] bool boolean(const char* key) const;
    [[nodiscard]] int integer(const char* key, int least, int most) const;
    [[nodiscard]] double number(const char* key, double least, double most) const;
    [[nodiscard]] std::array<float, 3> colour(const char* key, bool positive) const;
    /// Texts that are not empty, at most `most`.
    [[nodiscard]] std::vector<std::string> texts(const char* key, std::size_t most) const;

    /// Refuses members that nothing reads, which are mistakes of spelling.
    void only(const std::vector<const char*>& known) const;

    [[nodiscard]] std::string path_of(const std::string& key) const {
        return path_.empty() ? key : path_ + "." + key;
    }

  private:
    const json& object_;
    std::string path_;
    const std::filesystem::path& file_;
};

}  // namespace dfd
