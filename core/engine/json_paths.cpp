#include "core/engine/json_paths.h"

#include <cstdio>

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// Whether `text` is well-formed UTF-8, asked of the JSON library's strict serialiser.
bool is_utf8(const std::string& text) {
    try {
        (void)Json(text).dump();
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

std::string hexadecimal(const std::string& bytes) {
    std::string text;
    char two[3];
    for (const unsigned char byte : bytes) {
        std::snprintf(two, sizeof two, "%02x", byte);
        text += two;
    }
    return text;
}

/// The bytes behind hexadecimal digits; empty for anything else.
std::string from_hexadecimal(const std::string& digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        unsigned value = 0;
        if (std::sscanf(digits.substr(i, 2).c_str(), "%2x", &value) != 1)
            return {};
        bytes += static_cast<char>(value);
    }
    return bytes;
}

}  // namespace

void set_path(Json& object, const std::string& path) {
    object["path"] = path;
    if (!is_utf8(path))
        object["path_bytes"] = hexadecimal(path);
}

std::string path_in(const Json& object) {
    return object.contains("path_bytes")
               ? from_hexadecimal(object.at("path_bytes").get<std::string>())
               : object.at("path").get<std::string>();
}

}  // namespace dfd
