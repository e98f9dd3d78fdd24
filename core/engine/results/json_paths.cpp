#include "core/engine/results/json_paths.h"

#include <utility>

#include "core/base/hexadecimal.h"
#include "core/base/text.h"

namespace dfd {
using Json = nlohmann::ordered_json;

void set_path(Json& object, const std::string& path) {
    object["path"] = path;
    if (!is_utf8(path))
        object["path_bytes"] = to_hex(as_bytes(path));
}

void set_paths(Json& object, const std::string& key, std::span<const std::filesystem::path> paths) {
    Json names = Json::array(), bytes = Json::array();
    bool odd = false;
    for (const auto& path : paths) {
        const auto& name = path.native();
        const bool utf8 = is_utf8(name);
        names.push_back(name);
        bytes.push_back(utf8 ? Json() : Json(to_hex(as_bytes(name))));
        odd = odd || !utf8;
    }
    object[key] = std::move(names);
    if (odd)
        object[key + "_bytes"] = std::move(bytes);
}

std::string path_in(const Json& object) {
    if (!object.contains("path_bytes"))
        return object.at("path").get<std::string>();
    const auto bytes = from_hex(object.at("path_bytes").get<std::string>());
    return {bytes.begin(), bytes.end()};
}

}  // namespace dfd
