#include "core/training/experts/starting_weights.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "core/base/digest.h"
#include "core/base/wording.h"
#include "core/checkpoint/torch_checkpoint.h"
#include "core/networks/experts/head_tensors.h"
#include "core/panel/panel_networks.h"
#include "core/panel/panel_record.h"
#include "core/panel/published_weights.h"
#include "core/panel/safetensors.h"
#include "core/training/experts/foreign_weights.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCounter = "num_batches_tracked";
constexpr std::string_view kPublished = ".baseline_extractor.";

std::optional<std::size_t> index_of(const std::string& text) {
    std::size_t index = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, index);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(index) : std::nullopt;
}

/// Parsed `init`: an expert of a panel, or a file with an optional expert index.
struct Start {
    fs::path file;  ///< empty for an expert of a panel
    std::optional<std::size_t> index;
    std::string panel;
    std::string expert;
};

Start find_start(const std::string& init) {
    std::error_code error;
    if (fs::is_regular_file(init, error))
        return {init, {}, {}, {}};
    const auto colon = init.rfind(':');
    if (colon == std::string::npos)
        throw TrainingError("The starting weights " + init +
                            " do not exist; give a file, or PANEL:EXPERT.");
    const auto before = init.substr(0, colon);
    const auto after = init.substr(colon + 1);
    if (!fs::is_regular_file(before, error) || fs::path(before).filename() == "panel.json")
        return {{}, {}, before, after};
    const auto index = index_of(after);
    if (!index)
        throw TrainingError(
            "The starting weights " + init +
            " have no number after the colon; experts of a file are numbered from 0.");
    return {before, index, {}, {}};
}

const ExpertRecord& find_expert(const PanelRecord& panel, const std::string& name) {
    const auto index = index_of(name);
    auto expert = std::ranges::find(panel.experts, name, &ExpertRecord::name);
    if (expert == panel.experts.end() && index && *index < panel.experts.size())
        expert = panel.experts.begin() + static_cast<std::ptrdiff_t>(*index);
    if (expert == panel.experts.end())
        throw TrainingError("The panel " + panel.name + " has no expert \"" + name +
                            "\"; `dfd panel describe` lists its experts.");
    return *expert;
}

fs::path ema_file_beside(const fs::path& file) {
    return file.parent_path() / "ema.state";
}

std::string from_panel(ExpertNetwork& network, const std::string& architecture,
                       const Start& start) {
    const auto panel = find_panel(start.panel);
    const auto* expert = &find_expert(panel, start.expert);
    if (expert->architecture != architecture)
        throw TrainingError("The expert " + expert->name + " of the panel " + panel.name +
                            " is a " + expert->architecture + "; a " + architecture +
                            " cannot start from it.");
    const auto loaded = load_expert(panel, *expert);
    StateDict tensors;
    for (const auto& each : named_tensors(*loaded))
        tensors.emplace_back(each.name, each.tensor);
    assign_tensors(network, tensors, "the panel " + panel.name);
    return "Starts from the expert " + expert->name + " of the panel " + panel.name + ".";
}

std::string from_published(ExpertNetwork& network, const std::string& architecture,
                           const fs::path& file, StateDict tensors,
                           const std::optional<std::size_t>& index) {
    const auto experts = recognise_experts(std::move(tensors), quoted(file));
    std::size_t chosen = index.value_or(0);
    if (!index)
        while (chosen < experts.size() &&
               experts[chosen].blueprint->architecture->name != architecture)
            ++chosen;
    if (chosen >= experts.size() || experts[chosen].blueprint->architecture->name != architecture)
        throw TrainingError("The weights " + file.native() + " have no expert " +
                            (index ? std::to_string(*index) + " " : "") + "of the architecture " +
                            architecture + ".");
    auto text = "Starts from the expert " + std::to_string(chosen) + " of " + file.native();
    const auto averages = ema_file_beside(file);
    StateDict values;
    if (fs::exists(averages)) {
        const auto ema = read_ema_state(averages);
        check_ema(experts, ema, quoted(averages));
        values = folded(experts[chosen], ema.at(static_cast<std::int64_t>(chosen)), chosen,
                        quoted(file), quoted(averages));
        text += " with the averages of ema.state";
    } else {
        for (const auto& [name, tensor] : experts[chosen].tensors)
            values.emplace_back(name, tensor);
    }
    assign_tensors(network, values, quoted(file));
    return text + ".";
}

// The common wrapper prefix of all names ("module." or "model."), if there is one.
std::string wrapper(const StateDict& tensors) {
    for (const std::string prefix : {"module.", "model."})
        if (!tensors.empty() && std::ranges::all_of(tensors, [&](const auto& each) {
                return each.first.starts_with(prefix);
            }))
            return prefix;
    return {};
}

std::string from_state_dict(ExpertNetwork& network, const std::string& architecture,
                            const fs::path& file, const StateDict& tensors) {
    const auto refuse = [&](const std::string& why) {
        throw TrainingError("The weights " + file.native() + " are not those of " + architecture +
                            ": " + why + ".");
    };
    const auto wanted = named_tensors(network);
    std::vector<std::string> names;
    for (const auto& want : wanted)
        names.push_back(want.name);
    const auto translations = efficientnet_pytorch_names(names);
    std::map<std::string, torch::Tensor> given;
    const auto prefix = wrapper(tensors);
    for (const auto& [name, tensor] : tensors) {
        if (name.ends_with(kCounter))
            continue;
        const auto bare = name.substr(prefix.size());
        const auto translated = translations.find(bare);
        given.emplace(translated == translations.end() ? bare : translated->second, tensor);
    }
    std::string fresh;
    const torch::NoGradGuard guard;
    std::vector<std::pair<torch::Tensor, torch::Tensor>> copies;  // applied only after all checks
    for (const auto& want : wanted) {
        auto node = given.extract(want.name);
        if (want.name == "calibration")
            continue;
        const bool fits = !node.empty() && node.mapped().sizes() == want.tensor.sizes();
        if (fits) {
            if (const auto problem = value_problem(want.name, node.mapped()); !problem.empty())
                throw TrainingError("The file " + file.native() + " " + problem +
                                    "; it is damaged.");
            copies.emplace_back(want.tensor, node.mapped());
        } else if (in_head(want.name)) {
            fresh += (fresh.empty() ? "" : ", ") + want.name;
        } else if (node.empty()) {
            refuse("the tensor " + quoted_name(want.name) + " is missing");
        } else {
            refuse("the tensor " + quoted_name(want.name) + " has shape " +
                   shape_text(node.mapped().sizes()) + " instead of " +
                   shape_text(want.tensor.sizes()));
        }
    }
    std::erase_if(given, [](const auto& each) { return in_head(each.first); });
    if (!given.empty())
        refuse("it has no place for the tensor " + quoted_name(given.begin()->first));
    for (auto& [to, from] : copies)
        to.copy_(from);
    return "Starts from " + file.native() +
           (fresh.empty() ? "." : "; not loaded, because the head differs: " + fresh + ".");
}

}  // namespace

std::string load_starting_weights(ExpertNetwork& network, const std::string& architecture,
                                  const std::string& init) {
    const auto start = find_start(init);
    const auto& file = start.file;
    if (file.empty())
        return from_panel(network, architecture, start);
    if (file.extension() == ".onnx")
        return from_state_dict(network, architecture, file, clip_tensors(file));
    if (file.extension() == ".safetensors")
        return from_state_dict(network, architecture, file, read_safetensors(file).tensors);
    auto tensors = read_state_dict(file);
    const bool published = std::ranges::any_of(
        tensors, [](const auto& each) { return each.first.find(kPublished) != std::string::npos; });
    return published ? from_published(network, architecture, file, std::move(tensors), start.index)
                     : from_state_dict(network, architecture, file, tensors);
}

std::string starting_weights_digest(const std::string& init) try {
    const auto start = find_start(init);
    if (start.file.empty())
        return find_expert(find_panel(start.panel), start.expert).sha256;
    auto digest = sha256_hex_of_file(start.file);
    std::error_code error;
    const auto averages = ema_file_beside(start.file);
    if (start.file.extension() == ".pth" && fs::is_regular_file(averages, error))
        digest += " and " + sha256_hex_of_file(averages);
    return digest;
} catch (const std::system_error& error) {
    throw TrainingError("The starting weights " + init + " cannot be read: " + error.what() + ".");
}

}  // namespace dfd
