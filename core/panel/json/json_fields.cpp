#include "core/panel/json/json_fields.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "core/base/hexadecimal.h"
#include "core/base/text.h"
#include "core/base/wording.h"

namespace dfd {

namespace fs = std::filesystem;

std::string read_small_file(const fs::path& file, std::size_t most, const std::string& what) {
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        throw PanelError(quoted(file) + " does not exist. Check the name or path of " + what + ".");
    std::ifstream stream(file, std::ios::binary);
    std::string bytes(most + 1, '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!stream.is_open() || stream.bad())
        throw PanelError(quoted(file) + " cannot be read. Check its permissions.");
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    if (bytes.size() > most)
        throw PanelError(quoted(file) + " is larger than the limit of " + what + " (" +
                         size_text(most) + "). Check the path.");
    return bytes;
}

JsonFields::JsonFields(const json& object, std::string path, const fs::path& file)
    : object_(object), path_(std::move(path)), file_(file) {
    if (!object.is_object())
        fail(file_, (path_.empty() ? "the record" : '"' + path_ + '"') + " is not a JSON object");
}

void JsonFields::fail(const fs::path& file, const std::string& what) {
    throw PanelError(quoted(file) + " cannot be used: " + what + ".");
}

void JsonFields::refuse(const char* key, const std::string& what) const {
    fail(file_, "the field \"" + path_of(key) + "\" " + what);
}

const JsonFields::json& JsonFields::at(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end())
        refuse(key, "is missing");
    return *found;
}

JsonFields JsonFields::object(const char* key) const {
    return {at(key), path_of(key), file_};
}

const JsonFields::json& JsonFields::list(const char* key) const {
    const auto& value = at(key);
    if (!value.is_array())
        refuse(key, "is not a list");
    return value;
}

std::string JsonFields::text(const char* key, bool may_be_empty) const {
    const auto& value = at(key);
    if (!value.is_string())
        refuse(key, "is not a string");
    auto text = value.get<std::string>();
    if (text.empty() && !may_be_empty)
        refuse(key, "is empty");
    return text;
}

std::string JsonFields::word(const char* key, std::initializer_list<const char*> words) const {
    auto given = text(key);
    if (std::ranges::find(words, given) != words.end())
        return given;
    refuse(key, "is " + quoted_name(given) + "; supported values: " +
                    joined(words, ", ", [](const char* each) { return quoted_name(each); }));
}

std::string JsonFields::sha256(const char* key) const {
    auto digest = text(key);
    if (!is_sha256_hex(digest))
        refuse(key, "is not 64 lower-case hexadecimal digits");
    return digest;
}

bool JsonFields::boolean(const char* key) const {
    const auto& value = at(key);
    if (!value.is_boolean())
        refuse(key, "is neither true nor false");
    return value.get<bool>();
}

int JsonFields::integer(const char* key, int least, int most) const {
    const auto& value = at(key);
    const bool fits =
        value.is_number_integer() && value.get<double>() >= least && value.get<double>() <= most;
    if (!fits)
        refuse(key,
               "is not an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return value.get<int>();
}

double JsonFields::number(const char* key, double least, double most) const {
    const auto& value = at(key);
    if (!value.is_number() || !(value.get<double>() >= least && value.get<double>() <= most))
        refuse(key, "is not a number from " + json(least).dump() + " to " + json(most).dump());
    return value.get<double>();
}

std::array<float, 3> JsonFields::colour(const char* key, bool positive) const {
    const auto& value = at(key);
    std::array<float, 3> result{};
    const auto usable = [&](const json& each) {
        return each.is_number() && std::isfinite(each.get<float>()) &&
               (!positive || each.get<float>() > 0);
    };
    if (!value.is_array() || value.size() != 3 || !std::all_of(value.begin(), value.end(), usable))
        refuse(key, positive ? "is not three numbers above 0 (red, green, blue)"
                             : "is not three numbers (red, green, blue)");
    for (std::size_t i = 0; i < 3; ++i)
        result[i] = value[i].get<float>();
    return result;
}

std::vector<std::string> JsonFields::texts(const char* key, std::size_t most) const {
    const auto& value = list(key);
    std::vector<std::string> result;
    if (value.size() > most)
        refuse(key, "has more than " + std::to_string(most) + " entries");
    for (const auto& each : value) {
        if (!each.is_string() || each.get_ref<const std::string&>().empty())
            refuse(key, "has an entry that is not a string or is empty");
        result.push_back(each.get<std::string>());
    }
    return result;
}

void JsonFields::only(const std::vector<const char*>& known) const {
    for (const auto& [key, value] : object_.items())
        if (std::ranges::find(known, key) == known.end())
            fail(file_,
                 "the field " + quoted_name(path_of(key)) + " is not known; known here: " +
                     joined(known, ", ", [](const char* each) { return std::string(each); }));
}

}  // namespace dfd
