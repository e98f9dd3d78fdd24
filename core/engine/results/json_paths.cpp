#include "core/engine/results/json_paths.h"

#include "core/base/hexadecimal.h"
#include "core/base/text.h"

namespace dfd {
using Json = nlohmann::ordered_json;

void set_path(Json& object, const std::string& path) {
    object["path"] = path;
    if (!is_utf8(path))
        object["path_bytes"] = to_hex(as_bytes(path));
}

std::string path_in(const Json& object) {
    if (!object.contains("path_bytes"))
        return object.at("path").get<std::string>();
    const auto bytes = from_hex(object.at("path_bytes").get<std::string>());
    return {bytes.begin(), bytes.end()};
}

}  // namespace dfd
