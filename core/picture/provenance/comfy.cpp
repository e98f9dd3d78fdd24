// ComfyUI's graphs: from the sampler back to the text of the positive prompt.
#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/picture/provenance/generator_json.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kMostNodes = 5000;
constexpr std::size_t kMostVisits = 500;
constexpr int kMostSamplers = 20;

/// An output of another node: ["6", 0].
struct Link {
    std::string node;
    std::int64_t slot = 0;
};

std::optional<Link> link_of(const Json& value) {
    if (!value.is_array() || value.size() != 2 || !value[1].is_number_integer())
        return std::nullopt;
    if (value[0].is_string())
        return Link{value[0].get<std::string>(), value[1].get<std::int64_t>()};
    if (value[0].is_number_integer())
        return Link{value[0].dump(), value[1].get<std::int64_t>()};
    return std::nullopt;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Follows links back from an input to a text.
class Search {
  public:
    explicit Search(const Json& graph) : graph_(graph) {}

    /// The text that makes this output; empty if there is none. Each output is visited once.
    std::string text_behind(const Link& link) {
        if (!seen_.insert({link.node, link.slot}).second || seen_.size() > kMostVisits)
            return {};
        const Json node = child(graph_, link.node);
        const Json inputs = child(node, "inputs");
        const std::string type = text_in(node, {"class_type"});
        if (!inputs.is_object() || contains(type, "ZeroOut"))
            return {};
        for (const auto& [positive, negative] : kPairs)
            if (inputs.contains(positive) && inputs.contains(negative))
                return text_of_pair(inputs, positive, negative, link.slot, type);
        if (inputs.contains("select") || inputs.contains("boolean"))
            return text_of_choice(inputs);
        for (const char* key : kTexts)
            if (std::string text = text_of(child(inputs, key)); !text.empty())
                return text;
        for (const auto& [key, value] : inputs.items()) {
            if (leads_elsewhere(key) || !link_of(value))
                continue;
            if (std::string text = text_of(value); !text.empty())
                return text;
        }
        return {};
    }

  private:
    /// A node with both prompts has one output for each.
    static constexpr std::pair<const char*, const char*> kPairs[] = {
        {"positive", "negative"},
        {"text_positive", "text_negative"},
        {"positive_prompt", "negative_prompt"}};
    static constexpr const char* kTexts[] = {
        "text_0",        "text",     "prompt",         "t5xxl", "text_g",
        "clip_l",        "text_l",   "string",         "value", "populated_text",
        "text_positive", "positive", "positive_prompt"};

    /// Inputs that carry something other than a prompt, or the negative one.
    static bool leads_elsewhere(const std::string& key) {
        constexpr std::string_view kParts[] = {"negative", "model", "clip",  "vae",
                                               "latent",   "image", "mask",  "control_net",
                                               "pixels",   "noise", "sigma", "sampler"};
        return std::ranges::any_of(
            kParts, [&](std::string_view part) { return contains(lower_case(key), part); });
    }

    std::string text_of(const Json& value) {
        if (value.is_string())
            return value.get<std::string>();
        const auto link = link_of(value);
        return link ? text_behind(*link) : std::string();
    }

    /// Outputs are in the order of the prompts. Loaders give the model first.
    std::string text_of_pair(const Json& inputs, const char* positive, const char* negative,
                             std::int64_t slot, const std::string& type) {
        const bool model_first = child(inputs, positive).is_string() && contains(type, "oader");
        return text_of(child(inputs, slot == (model_first ? 2 : 1) ? negative : positive));
    }

    /// A switch leads to one input only; to none that is known when another node decides.
    std::string text_of_choice(const Json& inputs) {
        const Json number = child(inputs, "select");
        const Json truth = child(inputs, "boolean");
        if (number.is_number_integer())
            return text_of(child(inputs, "input" + number.dump()));
        if (truth.is_boolean())
            return text_of(child(inputs, truth.get<bool>() ? "on_true" : "on_false"));
        return {};
    }

    const Json& graph_;
    std::set<std::pair<std::string, std::int64_t>> seen_;
};

/// Nodes that only pass both prompts on are not where the prompt is used.
bool uses_prompt(const std::string& type, const Json& inputs) {
    return contains(type, "ampler") || contains(type, "Guider") || inputs.contains("sampler_name");
}

/// What a sampler makes its picture from: its own input, or that of its guider.
std::string positive_prompt(const Json& graph, const Json& inputs) {
    for (const char* key : {"positive", "conditioning", "guider"}) {
        const Json value = child(inputs, key);
        if (value.is_string())
            return value.get<std::string>();
        if (const auto link = link_of(value)) {
            if (std::string text = Search(graph).text_behind(*link); !text.empty())
                return text;
        }
    }
    return {};
}

}  // namespace

std::optional<Settings> from_comfy_graph(const Json& graph) {
    Settings settings{"ComfyUI", {}, {}, {}};
    std::size_t nodes = 0;
    int samplers = 0;
    for (const auto& [id, node] : graph.items()) {
        const std::string type = text_in(node, {"class_type"});
        const Json inputs = child(node, "inputs");
        if (type.empty() || !inputs.is_object())
            continue;
        if (++nodes > kMostNodes)
            break;
        if (settings.model.empty())
            settings.model = text_in(inputs, {"ckpt_name", "unet_name", "model_name"});
        if (settings.sampler.empty())
            settings.sampler = text_in(inputs, {"sampler_name"});
        if (settings.prompt.empty() && uses_prompt(type, inputs) && samplers++ < kMostSamplers)
            settings.prompt = positive_prompt(graph, inputs);
    }
    return nodes > 0 ? std::optional(settings) : std::nullopt;
}

std::optional<Settings> from_comfy_editor(const Json& workflow) {
    const Json nodes = child(workflow, "nodes");
    if (!nodes.is_array() || !(workflow.contains("links") || workflow.contains("last_node_id")))
        return std::nullopt;
    // Links are [number, from, output, to, input, type], or objects in newer files.
    std::map<std::string, Json> links;
    for (const auto& link : child(workflow, "links")) {
        if (links.size() > kMostNodes)
            break;
        if (link.is_array() && link.size() >= 3)
            links[link[0].dump()] = Json::array({link[1].dump(), link[2]});
        else if (link.is_object() && link.contains("id"))
            links[link["id"].dump()] =
                Json::array({child(link, "origin_id").dump(), child(link, "origin_slot")});
    }
    // The same graph in the layout of an execution graph.
    Json graph = Json::object();
    for (const auto& node : nodes) {
        if (graph.size() > kMostNodes)
            break;
        const std::string type = text_in(node, {"type"});
        Json inputs = Json::object();
        for (const auto& input : child(node, "inputs")) {
            const auto link = links.find(child(input, "link").dump());
            const std::string name = text_in(input, {"name"});
            if (link != links.end())
                inputs[name.empty() ? "conditioning" : name] = link->second;
        }
        const Json values = child(node, "widgets_values");
        const Json first = values.is_array() && !values.empty() ? values[0] : Json();
        const char* name =
            type.starts_with("CheckpointLoader") ? "ckpt_name"
            : type.starts_with("UNETLoader")     ? "unet_name"
            : contains(type, "Text") || contains(type, "String") || contains(type, "Primitive")
                ? "text"
                : nullptr;
        if (name != nullptr && first.is_string() && !inputs.contains(name))
            inputs[name] = first;
        graph[child(node, "id").dump()] = {{"class_type", type}, {"inputs", inputs}};
    }
    auto settings = from_comfy_graph(graph);
    return settings ? settings : Settings{"ComfyUI", {}, {}, {}};
}

}  // namespace dfd::picture_detail
