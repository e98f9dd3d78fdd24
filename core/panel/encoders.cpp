#include "core/panel/encoders.h"

#include <algorithm>
#include <system_error>

#include "core/base/data_folders.h"
#include "core/base/digest.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/panel_folders.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigitsInName = 16;

bool lacks_encoder(const ExpertRecord& expert) {
    return !expert.encoder.empty() && !find_encoder(expert);
}

constexpr const char* kFetch =
    "Fetch it with packaging/setup.sh --encoder, or make it with dfd panel encoder --from FILE.";

std::string name_list(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + quoted_name(names[i]);
    return text;
}

}  // namespace

std::vector<fs::path> encoder_folders() {
    auto folders = listed_folders("DFD_ENCODERS");
    if (!folders.empty())
        return folders;
    folders.push_back(user_data_folder() / "encoders");
    if (const auto installed = data_folder("encoders"))
        folders.push_back(*installed);
    return folders;
}

std::string encoder_file_name(const std::string& architecture, const std::string& sha256) {
    return architecture + "-" + sha256.substr(0, kDigitsInName) + ".safetensors";
}

std::optional<fs::path> find_encoder(const ExpertRecord& expert) {
    const auto name = encoder_file_name(expert.architecture, expert.encoder);
    for (const auto& folder : encoder_folders()) {
        std::error_code error;
        if (fs::is_regular_file(folder / name, error))
            return folder / name;
    }
    return std::nullopt;
}

std::vector<std::string> experts_without_encoder(const PanelRecord& panel) {
    std::vector<std::string> names;
    for (const auto& expert : panel.experts)
        if (lacks_encoder(expert))
            names.push_back(expert.name);
    return names;
}

std::string left_out_sentence(const std::vector<std::string>& experts) {
    if (experts.empty())
        return {};
    const InEnglish english;  // a warning, which is kept with scores
    if (experts.size() == 1)
        return say(
            "The expert %1 is left out, because the encoder that it needs is not "
            "installed. Fetch it with packaging/setup.sh --encoder, or make it with dfd "
            "panel encoder --from FILE.",
            {name_list(experts)});
    return say(
        "The experts %1 are left out, because the encoder that they need is not installed. "
        "Fetch it with packaging/setup.sh --encoder, or make it with dfd panel encoder "
        "--from FILE.",
        {name_list(experts)});
}

PanelRecord usable_panel(PanelRecord panel) {
    if (panel.experts.empty())
        throw PanelError("The panel " + quoted_name(panel.name) +
                         " has no experts yet. Add one with \"dfd expert add\".");
    const InEnglish english;
    auto missing = experts_without_encoder(panel);
    auto why = left_out_sentence(missing);
    const bool encoders_alone = missing.size() == panel.experts.size();
    for (const auto kind : {ExpertKind::Onnx, ExpertKind::Program}) {
        std::vector<std::string> names;
        for (const auto& expert : panel.experts)
            if (expert.kind == kind)
                names.push_back(expert.name);
        const auto component = names.empty() ? std::string() : missing_for(kind);
        if (component.empty())
            continue;
        if (!why.empty())
            why += ' ';
        why += names.size() == 1
                   ? say("The expert %1 is left out. %2", {name_list(names), component})
                   : say("The experts %1 are left out. %2", {name_list(names), component});
        missing.insert(missing.end(), names.begin(), names.end());
    }
    if (missing.empty())
        return panel;
    if (missing.size() == panel.experts.size())
        throw PanelError(
            "The panel " + quoted_name(panel.name) + " cannot be used: " +
            (encoders_alone
                 ? std::string("every expert needs an encoder that is not installed. ") + kFetch
                 : "no expert is left. " + why));
    auto remaining = panel;
    std::erase_if(remaining.experts, [&](const ExpertRecord& expert) {
        return std::ranges::find(missing, expert.name) != missing.end();
    });
    remaining.left_out.insert(remaining.left_out.end(), missing.begin(), missing.end());
    remaining.left_out_because = why;
    remaining.digest = digest_of_experts(panel, expert_names(remaining));
    return remaining;
}

}  // namespace dfd
