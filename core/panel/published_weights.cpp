#include "core/panel/published_weights.h"

#include <torch/torch.h>

#include <algorithm>
#include <charconv>
#include <mutex>

#include "core/base/wording.h"
#include "core/panel/panel_networks.h"
#include "core/panel/panel_record.h"

namespace dfd {
namespace {

constexpr std::string_view kPrefix = "baseline_extractor.";
constexpr std::string_view kCounter = "num_batches_tracked";
constexpr std::size_t kMostExperts = 64;

struct Difference {
    std::size_t alike = 0, missing = 0, unexpected = 0, misshapen = 0;
    std::string first_missing, first_unexpected, first_misshapen;

    [[nodiscard]] bool none() const { return missing + unexpected + misshapen == 0; }
};

Difference compare(const RawExpert& expert, const Blueprint& blueprint) {
    Difference difference;
    for (const auto& want : blueprint.tensors) {
        const auto found = expert.tensors.find(want.name);
        if (found == expert.tensors.end()) {
            if (difference.missing++ == 0)
                difference.first_missing = want.name;
        } else if (found->second.sizes() != want.shape) {
            if (difference.misshapen++ == 0)
                difference.first_misshapen = quoted_name(want.name) + " has shape " +
                                             shape_text(found->second.sizes()) + ", expected " +
                                             shape_text(want.shape);
        } else {
            ++difference.alike;
        }
    }
    const auto known = difference.alike + difference.misshapen;
    difference.unexpected = expert.tensors.size() - known;
    if (difference.unexpected > 0)
        for (const auto& [name, tensor] : expert.tensors)
            if (std::ranges::find(blueprint.tensors, name, &TensorShape::name) ==
                blueprint.tensors.end()) {
                difference.first_unexpected = name;
                break;
            }
    return difference;
}

/// The head's input width. It distinguishes most architectures before any is built.
std::int64_t head_width(const RawExpert& expert) {
    for (const auto* name : {"classifier.weight", "head.fc.weight"}) {
        const auto found = expert.tensors.find(name);
        if (found != expert.tensors.end() && found->second.dim() == 2)
            return found->second.size(1);
    }
    return 0;
}

void recognise(RawExpert& expert, std::size_t index, const std::string& where) {
    const auto width = head_width(expert);
    std::vector<const Architecture*> candidates;
    for (const auto& each : architectures())
        candidates.push_back(&each);
    std::ranges::stable_partition(candidates,
                                  [&](const auto* each) { return each->feature_width == width; });

    const Blueprint* closest = nullptr;
    Difference least;
    for (const auto* candidate : candidates) {
        const auto& blueprint = blueprint_of(candidate->name);
        auto difference = compare(expert, blueprint);
        if (difference.none()) {
            expert.blueprint = &blueprint;
            return;
        }
        if (closest == nullptr || difference.alike > least.alike) {
            closest = &blueprint;
            least = std::move(difference);
        }
    }
    const auto number = "expert " + std::to_string(index);
    if (closest == nullptr || least.alike == 0)
        throw PanelError(
            where + " cannot be installed: " + number +
            " has no tensor of a supported architecture. Choose the weights of a supported panel.");
    std::string what;
    if (least.missing > 0)
        what = "lacks the tensor " + quoted_name(least.first_missing);
    else if (least.misshapen > 0)
        what = "has a tensor of the wrong shape: " + least.first_misshapen;
    else
        what = "has the unexpected tensor " + quoted_name(least.first_unexpected);
    throw PanelError(where + " cannot be installed: " + number + " is most similar to " +
                     closest->architecture->name + ", but " + what + " (of " +
                     std::to_string(closest->tensors.size()) + " tensors, " +
                     std::to_string(least.missing) + " are missing and " +
                     std::to_string(least.misshapen) + " have the wrong shape, and " +
                     std::to_string(least.unexpected) +
                     " are unexpected). It is incomplete or made for another program.");
}

/// "3.baseline_extractor.conv_stem.weight" -> 3 and "conv_stem.weight".
bool split_name(const std::string& name, std::size_t& index, std::string& rest) {
    const auto dot = name.find('.');
    if (dot == std::string::npos || dot == 0)
        return false;
    const auto [end, error] = std::from_chars(name.data(), name.data() + dot, index);
    const bool valid = error == std::errc() && end == name.data() + dot && index < kMostExperts &&
                       std::to_string(index).size() == dot;
    if (!valid || name.compare(dot + 1, kPrefix.size(), kPrefix) != 0)
        return false;
    rest = name.substr(dot + 1 + kPrefix.size());
    return !rest.empty();
}

std::string full_name(std::size_t index, const std::string& name) {
    return std::to_string(index) + "." + std::string(kPrefix) + name;
}

void check_values(const std::string& where, const std::string& shown, const std::string& kind,
                  const torch::Tensor& tensor) {
    auto problem = value_problem(kind, tensor);
    if (problem.empty())
        return;
    // value_problem() uses the short name; users need the name that is in the file.
    const auto short_name = quoted_name(kind);
    if (const auto at = problem.find(short_name); at != std::string::npos)
        problem.replace(at, short_name.size(), quoted_name(shown));
    throw PanelError(where + " cannot be installed: it " + problem +
                     ". The weights were already damaged when they were saved; get them from their "
                     "authors again.");
}

}  // namespace

const Blueprint& blueprint_of(const std::string& architecture) {
    static std::mutex mutex;
    static std::map<std::string, Blueprint> blueprints;
    const std::lock_guard lock(mutex);
    const auto known = blueprints.find(architecture);
    if (known != blueprints.end())
        return known->second;
    Blueprint blueprint;
    blueprint.architecture = &find_architecture(architecture);
    const auto network = make_network(architecture);
    for (const auto& tensor : named_tensors(*network)) {
        blueprint.tensors.push_back({tensor.name, tensor.tensor.sizes().vec(), tensor.parameter});
        blueprint.parameters += tensor.parameter;
    }
    return blueprints.emplace(architecture, std::move(blueprint)).first->second;
}

std::vector<RawExpert> recognise_experts(StateDict weights, const std::string& where) {
    std::map<std::size_t, RawExpert> numbered;
    for (auto& [name, tensor] : weights) {
        std::size_t index = 0;
        std::string rest;
        if (!split_name(name, index, rest))
            throw PanelError(where + " cannot be installed: the tensor " + quoted_name(name) +
                             " is not named like a tensor of an expert "
                             "(\"0.baseline_extractor...\"). Choose the published weight.pth.");
        if (!rest.ends_with(kCounter))
            numbered[index].tensors.emplace(std::move(rest), std::move(tensor));
    }
    std::vector<RawExpert> experts;
    for (auto& [index, expert] : numbered) {
        if (index != experts.size())
            throw PanelError(where + " cannot be installed: it has expert " +
                             std::to_string(index) + " but not expert " +
                             std::to_string(experts.size()) +
                             ". It is incomplete; fetch it again.");
        recognise(expert, index, where);
        experts.push_back(std::move(expert));
    }
    if (experts.empty())
        throw PanelError(where + " cannot be installed: it contains no expert.");
    return experts;
}

void check_ema(const std::vector<RawExpert>& experts, const std::map<std::int64_t, EmaState>& ema,
               const std::string& where) {
    const auto refuse = [&](const std::string& why) {
        throw PanelError(where + " does not belong to these weights: " + why +
                         ". Choose the ema.state that was published with them.");
    };
    for (const auto& [index, state] : ema)
        if (static_cast<std::size_t>(index) >= experts.size())
            refuse("it has averages for expert " + std::to_string(index) +
                   ", but the weights have " + std::to_string(experts.size()) + " experts");
    for (std::size_t i = 0; i < experts.size(); ++i) {
        const auto found = ema.find(static_cast<std::int64_t>(i));
        const auto expert = "expert " + std::to_string(i);
        if (found == ema.end())
            refuse("it has no averages for " + expert);
        const auto& blueprint = *experts[i].blueprint;
        const auto& shadow = found->second.shadow;
        if (shadow.size() != blueprint.parameters)
            refuse("it has " + std::to_string(shadow.size()) + " averages for " + expert + " (" +
                   blueprint.architecture->name + "), which has " +
                   std::to_string(blueprint.parameters) + " parameters");
        for (std::size_t p = 0; p < shadow.size(); ++p)
            if (shadow[p].sizes() != blueprint.tensors[p].shape)
                refuse("its average " + std::to_string(p) + " of " + expert + " has shape " +
                       shape_text(shadow[p].sizes()) + ", but the parameter " +
                       quoted_name(blueprint.tensors[p].name) + " has " +
                       shape_text(blueprint.tensors[p].shape));
    }
}

StateDict folded(const RawExpert& expert, const EmaState& ema, std::size_t index,
                 const std::string& weights_name, const std::string& ema_name) {
    StateDict tensors;
    for (std::size_t t = 0; t < expert.blueprint->tensors.size(); ++t) {
        const auto& want = expert.blueprint->tensors[t];
        const auto& raw = expert.tensors.at(want.name);
        check_values(weights_name, full_name(index, want.name), want.name, raw);
        if (want.parameter)
            check_values(ema_name,
                         std::to_string(index) + ".shadow_params[" + std::to_string(t) + "]",
                         want.name, ema.shadow[t]);
        const auto& value = want.parameter ? ema.shadow[t] : raw;
        tensors.emplace_back(want.name, value.to(torch::kFloat32));
    }
    return tensors;
}

}  // namespace dfd
