#include "core/picture/provenance/generator_json.h"

#include <string_view>

namespace dfd::picture_detail {
namespace {

constexpr int kDeepest = 32;

/// The text with Python's numbers that JSON lacks replaced by null, outside of quoted texts.
std::string without_python_numbers(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    bool quoted = false;
    for (std::size_t at = 0; at < text.size();) {
        if (!quoted) {
            bool replaced = false;
            for (const std::string_view word : {"NaN", "-Infinity", "Infinity"}) {
                if (text.substr(at).starts_with(word)) {
                    result += "null";
                    at += word.size();
                    replaced = true;
                    break;
                }
            }
            if (replaced)
                continue;
        }
        const bool escape = quoted && text[at] == '\\' && at + 1 < text.size();
        if (text[at] == '"')
            quoted = !quoted;
        result.append(text.substr(at, escape ? 2 : 1));
        at += escape ? 2 : 1;
    }
    return result;
}

}  // namespace

Json object_of(const std::string& text) {
    if (text.find('{') == std::string::npos)
        return {};
    const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth < kDeepest; };
    Json object = Json::parse(text, shallow, false);
    if (object.is_discarded())
        object = Json::parse(without_python_numbers(text), shallow, false);
    return object.is_object() ? object : Json();
}

std::string text_in(const Json& object, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        if (!object.is_object() || !object.contains(key))
            continue;
        const Json& value = object[key];
        if (value.is_string())
            return value.get<std::string>();
        if (value.is_number())
            return value.dump();
    }
    return {};
}

Json child(const Json& object, const std::string& key) {
    return object.is_object() && object.contains(key) ? object[key] : Json();
}

}  // namespace dfd::picture_detail
