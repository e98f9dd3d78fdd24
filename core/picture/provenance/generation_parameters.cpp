// Reads the settings that picture generators store in their files, in various layouts.
#include <algorithm>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/provenance/generator_json.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kShownPrompt = 300;
constexpr std::size_t kShownName = 120;

/// The value of `name` in "name: value, name: value". Commas within quotes and brackets belong to a
/// value.
std::string listed_value(std::string_view list, std::string_view name) {
    std::size_t at = 0;
    while (at < list.size()) {
        bool quoted = false;
        int open = 0;
        std::size_t end = at;
        while (end < list.size() &&
               (quoted || open > 0 || (list[end] != ',' && list[end] != '\n'))) {
            quoted ^= list[end] == '"';
            if (list[end] == '[' || list[end] == '{')
                ++open;
            else if ((list[end] == ']' || list[end] == '}') && open > 0)
                --open;
            ++end;
        }
        std::string_view item = list.substr(at, end - at);
        item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
        if (item.starts_with(name) && item.substr(name.size()).starts_with(": "))
            return std::string(item.substr(name.size() + 2));
        at = end + 1;
    }
    return {};
}

/// Where the list of settings starts, usually a line of its own: "Steps: 20, ". npos if there is
/// none.
std::size_t start_of_list(const std::string& text) {
    constexpr std::string_view kSteps = "Steps: ";
    for (std::size_t at = text.rfind(kSteps); at != std::string::npos;
         at = at == 0 ? std::string::npos : text.rfind(kSteps, at - 1)) {
        const std::size_t number = at + kSteps.size();
        const bool starts = at == 0 || text[at - 1] == '\n' || text[at - 1] == ' ';
        if (starts && number < text.size() && text[number] >= '0' && text[number] <= '9')
            return at;
    }
    return std::string::npos;
}

/// The name of the checkpoint among Civitai's resources: [{"type": "checkpoint", "modelName":
/// ...}].
std::string civitai_model(std::string_view list) {
    const std::string resources = listed_value(list, "Civitai resources");
    const Json wrapped = object_of("{\"resources\":" + resources + "}");
    for (const auto& resource : child(wrapped, "resources"))
        if (text_in(resource, {"type"}) == "checkpoint")
            return text_in(resource, {"modelName", "modelVersionName", "modelVersionId"});
    return {};
}

/// "prompt\nNegative prompt: ...\nSteps: 20, Sampler: Euler a, ..., Model: name", on several lines
/// or on one.
std::optional<Settings> from_listed(const std::string& text) {
    const std::size_t steps = start_of_list(text);
    if (steps == std::string::npos)
        return std::nullopt;
    const std::string_view list = std::string_view(text).substr(steps);
    Settings settings;
    settings.sampler = listed_value(list, "Sampler");
    settings.model = listed_value(list, "Model");
    const bool own_line = steps == 0 || text[steps - 1] == '\n';
    int known = 0;
    for (const char* name : {"Sampler", "Seed", "CFG scale", "Size", "Model hash"})
        known += listed_value(list, name).empty() ? 0 : 1;
    if (known < (own_line ? 1 : 2))
        return std::nullopt;
    if (settings.model.empty())
        settings.model = civitai_model(list);
    if (settings.model.empty() && !listed_value(list, "Model hash").empty())
        settings.model = "hash " + listed_value(list, "Model hash");
    const std::string version = listed_value(list, "Version");
    settings.tool = version.starts_with("f")         ? "Forge"
                    : version.starts_with("v1.")     ? to_say("AUTOMATIC1111's web interface")
                    : version.starts_with("ComfyUI") ? "ComfyUI"
                    : version.starts_with("Fooocus")
                        ? "Fooocus"
                        : to_say("AUTOMATIC1111's web interface or a compatible one");
    std::string_view prompt = std::string_view(text).substr(0, steps);
    const std::size_t negative = prompt.find("Negative prompt: ");
    const bool one_line = !own_line || (negative != 0 && negative != std::string_view::npos &&
                                        text[negative - 1] != '\n');
    prompt = prompt.substr(0, negative);
    prompt = prompt.substr(0, prompt.find_last_not_of(one_line ? " ,\n" : " \n") + 1);
    settings.prompt = prompt;
    return settings;
}

std::optional<Settings> from_invoke(const Json& object) {
    Settings settings{"InvokeAI",
                      {},
                      text_in(object, {"scheduler", "sampler"}),
                      text_in(object, {"positive_prompt", "prompt"})};
    const Json model = child(object, "model");
    settings.model = model.is_object() ? text_in(model, {"model_name", "name"})
                                       : text_in(object, {"model_weights", "model"});
    const Json image = child(object, "image");  // layout of the first versions
    if (image.is_object()) {
        settings.sampler = text_in(image, {"sampler"});
        const Json prompt = child(image, "prompt");
        settings.prompt = prompt.is_array() && !prompt.empty() ? text_in(prompt[0], {"prompt"})
                                                               : text_in(image, {"prompt"});
    }
    return settings;
}

/// Identifies the program by the object's members.
std::optional<Settings> from_object(const Json& object) {
    if (const Json swarm = child(object, "sui_image_params"); swarm.is_object()) {
        return Settings{"SwarmUI", text_in(swarm, {"model"}), text_in(swarm, {"sampler"}),
                        text_in(swarm, {"prompt"})};
    }
    if (auto comfy = from_comfy_graph(object))
        return comfy;
    if (auto comfy = from_comfy_editor(object))
        return comfy;
    const std::string prompt = text_in(object, {"prompt", "Prompt"});
    const std::string sampler =
        text_in(object, {"sampler", "sampler_name", "scheduler", "Sampler"});
    if (object.contains("base_model") && !prompt.empty())
        return Settings{"Fooocus", text_in(object, {"base_model"}), sampler, prompt};
    if (object.contains("Base Model") && !prompt.empty())
        return Settings{"Fooocus", text_in(object, {"Base Model"}), sampler, prompt};
    if (object.contains("c") && object.contains("model") && object.contains("sampler"))
        return Settings{"Draw Things", text_in(object, {"model"}), sampler, text_in(object, {"c"})};
    const std::string model = text_in(object, {"model", "model_name", "sd_model", "model_weights"});
    if (!prompt.empty() && (!sampler.empty() || object.contains("steps")) &&
        (!model.empty() || object.contains("seed")))
        return Settings{to_say("an unnamed program"), model, sampler, prompt};
    return std::nullopt;
}

const EmbeddedText* with_key(const std::vector<EmbeddedText>& texts, std::string_view key) {
    const auto found = std::ranges::find(texts, key, &EmbeddedText::key);
    return found == texts.end() ? nullptr : &*found;
}

std::string text_with_key(const std::vector<EmbeddedText>& texts, std::string_view key) {
    const EmbeddedText* found = with_key(texts, key);
    return found == nullptr ? std::string() : found->text;
}

std::optional<Settings> from_text(const EmbeddedText& text, const std::vector<EmbeddedText>& all) {
    if (text.key.starts_with("invokeai_") || text.key == "sd-metadata")
        return from_invoke(object_of(text.text));
    if (text.key == "Dream")
        return Settings{"InvokeAI", {}, {}, text.text};
    if (text.key == "Comment" && text_with_key(all, "Software").starts_with("NovelAI")) {
        const Json object = object_of(text.text);
        return Settings{"NovelAI", text_with_key(all, "Source"), text_in(object, {"sampler"}),
                        text_in(object, {"prompt"})};
    }
    if (text.key == "use_stable_diffusion_model") {
        return Settings{"Easy Diffusion", text.text, text_with_key(all, "sampler_name"),
                        text_with_key(all, "prompt")};
    }
    const bool described = text.key == "Description" || text.where.ends_with("ImageDescription") ||
                           text.where.ends_with("dc.description");
    if (described && text.text.find(" Job ID: ") != std::string::npos)
        return Settings{"Midjourney", {}, {}, text.text.substr(0, text.text.find(" Job ID: "))};
    if (auto listed = from_listed(text.text))
        return listed;
    // ComfyUI writes "prompt:{...}" and "workflow:{...}" into EXIF text.
    const std::size_t brace = text.text.find('{');
    if (brace == std::string::npos || brace > 16)
        return std::nullopt;
    const Json object = object_of(text.text.substr(brace));
    return object.is_null() ? std::nullopt : from_object(object);
}

/// With all but the program's name where it is not empty.
std::string sentence_of(const std::string& tool, const std::string& model,
                        const std::string& sampler, const std::string& prompt) {
    if (!model.empty() && !sampler.empty() && !prompt.empty())
        return say(
            "The file itself declares the settings of a picture generator (%1): model “%2”, "
            "sampler “%3”, prompt “%4”.",
            {tool, model, sampler, prompt});
    if (!model.empty() && !sampler.empty())
        return say(
            "The file itself declares the settings of a picture generator (%1): model “%2”, "
            "sampler “%3”.",
            {tool, model, sampler});
    if (!model.empty() && !prompt.empty())
        return say(
            "The file itself declares the settings of a picture generator (%1): model “%2”, "
            "prompt “%3”.",
            {tool, model, prompt});
    if (!sampler.empty() && !prompt.empty())
        return say(
            "The file itself declares the settings of a picture generator (%1): sampler "
            "“%2”, prompt “%3”.",
            {tool, sampler, prompt});
    if (!model.empty())
        return say("The file itself declares the settings of a picture generator (%1): model “%2”.",
                   {tool, model});
    if (!sampler.empty())
        return say(
            "The file itself declares the settings of a picture generator (%1): sampler "
            "“%2”.",
            {tool, sampler});
    if (!prompt.empty())
        return say(
            "The file itself declares the settings of a picture generator (%1): prompt "
            "“%2”.",
            {tool, prompt});
    return say("The file itself declares the settings of a picture generator (%1).", {tool});
}

ProvenanceHint hint_of(const Settings& settings, const EmbeddedText& text) {
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::GenerationParameters;
    hint.declares_generated = true;
    const auto add = [&](const char* name, const std::string& value, std::size_t longest) {
        const std::string shown = printable(value, longest);
        if (!shown.empty())
            hint.details.emplace_back(name, shown);
        return shown;
    };
    const std::string tool = add(kGeneratorDetail, settings.tool, kShownName);
    const std::string model = add(to_say("Model"), settings.model, kShownName);
    const std::string sampler = add(to_say("Sampler"), settings.sampler, kShownName);
    add(to_say("Prompt"), settings.prompt, kShownPrompt);
    hint.sentence = sentence_of(tool, model, sampler, printable(settings.prompt, 80));
    hint.evidence = text.where + (text.key.empty() ? "" : " “" + text.key + "”") + ": " +
                    printable(text.text, kShownPrompt);
    if (text.cut) {
        hint.evidence +=
            " (only the first " + std::to_string(text.text.size() >> 10) + " KiB were read)";
    }
    return hint;
}

}  // namespace

std::optional<ProvenanceHint> generation_hint(const std::vector<EmbeddedText>& texts) {
    // A file may contain the same settings in several layouts; use the most complete one.
    std::optional<Settings> best;
    const EmbeddedText* from = nullptr;
    for (const EmbeddedText& text : texts) {
        const auto settings = from_text(text, texts);
        if (settings && (!best || settings->filled() > best->filled())) {
            best = settings;
            from = &text;
        }
    }
    return best ? std::optional(hint_of(*best, *from)) : std::nullopt;
}

}  // namespace dfd::picture_detail
