// JSON as picture generators write it, and what they say in it.
// Internal to core/picture/provenance.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace dfd::picture_detail {

using Json = nlohmann::ordered_json;

/// The settings of a generator; empty where the file does not say.
struct Settings {
    std::string tool;
    std::string model;
    std::string sampler;
    std::string prompt;  ///< the positive one

    [[nodiscard]] int filled() const {
        return (model.empty() ? 0 : 1) + (sampler.empty() ? 0 : 1) + (prompt.empty() ? 0 : 1);
    }
};

/// Parses a JSON object with Python's extensions NaN, Infinity and -Infinity, which become null.
/// Texts stay as they are. Null for anything else. Deeply nested parts are left out.
[[nodiscard]] Json object_of(const std::string& text);

/// The first of `keys` that is a text or number, as text; otherwise empty.
[[nodiscard]] std::string text_in(const Json& object, std::initializer_list<const char*> keys);

[[nodiscard]] Json child(const Json& object, const std::string& key);

/// ComfyUI's execution graph: {"3": {"class_type": ..., "inputs": {...}}, ...}. The prompt is what
/// the sampler's positive input leads to, through any node; empty when that is not a text.
[[nodiscard]] std::optional<Settings> from_comfy_graph(const Json& graph);

/// ComfyUI's editor graph: {"nodes": [{"type": ..., "widgets_values": [...]}], "links": [...]}.
[[nodiscard]] std::optional<Settings> from_comfy_editor(const Json& workflow);

}  // namespace dfd::picture_detail
