#include "core/engine/results/json_paths.h"

#include "core/base/hexadecimal.h"

namespace dfd {
namespace {

using Json = nlohmann::ordered_json;

/// Whether `text` is well-formed UTF-8, according to the JSON library's strict serialiser.
bool is_utf8(const std::string& text) {
    try {
        (void)Json(text).dump();
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

}  // namespace

void set_path(Json& object, const std::string& path) {
    object["path"] = path;
    if (!is_utf8(path))
        object["path_bytes"] =
            to_hex({reinterpret_cast<const std::uint8_t*>(path.data()), path.size()});
}

std::string path_in(const Json& object) {
    if (!object.contains("path_bytes"))
        return object.at("path").get<std::string>();
    const auto bytes = from_hex(object.at("path_bytes").get<std::string>());
    return {bytes.begin(), bytes.end()};
}

}  // namespace dfd
