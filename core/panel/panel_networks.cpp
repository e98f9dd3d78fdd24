#include "core/panel/panel_networks.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "core/base/digest.h"
#include "core/base/wording.h"
#include "core/checkpoint/input_file.h"
#include "core/checkpoint/tensor_checks.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/preprocess.h"
#include "core/panel/safetensors.h"

namespace dfd {
namespace {

constexpr std::string_view kCounter = "num_batches_tracked";

std::string counted(std::size_t count, std::size_t of, const char* what) {
    return count > 1
               ? " (" + std::to_string(count) + " of " + std::to_string(of) + " are " + what + ")"
               : "";
}

/// Pairs each of the network's tensors with its value, after all checks.
std::vector<std::pair<NamedTensor, torch::Tensor>> matched(ExpertNetwork& network,
                                                           const StateDict& tensors,
                                                           const std::string& where) {
    const auto refuse = [&](const std::string& what) {
        throw PanelError(
            where + " " + what +
            ". The file belongs to another expert or is damaged; install the panel again.");
    };
    std::map<std::string_view, torch::Tensor> given;
    for (const auto& [name, tensor] : tensors)
        if (!name.ends_with(kCounter) && !given.emplace(name, tensor).second)
            refuse("contains the tensor " + quoted_name(name) + " twice");

    std::vector<std::pair<NamedTensor, torch::Tensor>> pairs;
    std::vector<std::string> missing, misshapen;
    const auto wanted = named_tensors(network);
    for (const auto& want : wanted) {
        const auto found = given.find(want.name);
        if (found == given.end()) {
            missing.push_back(want.name);
            continue;
        }
        if (found->second.sizes() != want.tensor.sizes())
            misshapen.push_back("has shape " + shape_text(found->second.sizes()) +
                                " for the tensor " + quoted_name(want.name) + ", expected " +
                                shape_text(want.tensor.sizes()));
        pairs.emplace_back(want, found->second);
        given.erase(found);
    }
    if (!missing.empty())
        refuse("lacks the tensor " + quoted_name(missing.front()) +
               counted(missing.size(), wanted.size(), "missing"));
    if (!given.empty())
        refuse("contains the unexpected tensor " + quoted_name(given.begin()->first) +
               counted(given.size(), tensors.size(), "unexpected"));
    if (!misshapen.empty())
        refuse(misshapen.front() + counted(misshapen.size(), wanted.size(), "misshapen"));
    for (const auto& [want, value] : pairs)
        if (const auto problem = value_problem(want.name, value); !problem.empty())
            refuse(problem);
    return pairs;
}

bool same_bits_usable(const torch::Tensor& value) {
    return value.scalar_type() == torch::kFloat32 && value.is_cpu() && value.is_contiguous();
}

}  // namespace

torch::Tensor expert_input(const torch::Tensor& rgb, const InputPolicy& policy) {
    const auto normalised = normalise(rgb, policy.mean, policy.std);
    return policy.resize == Resize::Stretch ? stretch(normalised, policy.size) : normalised;
}

torch::Tensor expert_input(const Pixels& pixels, const InputPolicy& policy, torch::Device device) {
    const auto rgb = wrap_rgb(pixels.rgb.data(), pixels.width, pixels.height);
    return resized_on_processor(pixels, policy) ? expert_input(rgb, policy).to(device)
                                                : expert_input(rgb.to(device), policy);
}

bool resized_on_processor(const Pixels& pixels, const InputPolicy& policy) {
    constexpr int kMostReduction = 32;
    return policy.resize == Resize::Stretch &&
           std::max(pixels.width, pixels.height) / kMostReduction > policy.size;
}

std::string value_problem(const std::string& name, const torch::Tensor& value) {
    if (!value.is_floating_point())
        return "contains integers in the tensor " + quoted_name(name);
    if (!all_finite(value))
        return "contains NaN or infinity in the tensor " + quoted_name(name);
    if (name.ends_with("running_var") && value.numel() > 0 && value.min().item<double>() < 0)
        return "contains a negative variance in the tensor " + quoted_name(name);
    return {};
}

void assign_tensors(ExpertNetwork& network, const StateDict& tensors, const std::string& where) {
    const torch::NoGradGuard no_gradients;
    for (auto& [target, value] : matched(network, tensors, where))
        target.tensor.copy_(value);
}

namespace {

std::shared_ptr<ExpertNetwork> load(const PanelRecord& panel, const ExpertRecord& expert,
                                    bool check_digest,
                                    const std::function<void(ExpertNetwork&)>& copied) {
    const auto path = panel.folder / expert.file;
    try {
        // Hashed and loaded through one mapping: the bytes that were checked are the bytes that
        // score.
        const InputFile file(path);
        const auto mapping = file.map(0, file.size());
        if (check_digest && sha256_hex({mapping->data(), mapping->size()}) != expert.sha256)
            throw PanelError(quoted(path) +
                             " is not the file that this panel was installed with: its SHA-256 "
                             "differs. It was damaged or replaced; install the panel again.");
        const auto weights = read_safetensors(mapping, path);
        const WithoutInitialValues replaced;
        auto network = make_network(expert.architecture);
        const torch::NoGradGuard no_gradients;
        for (auto& [target, value] : matched(*network, weights.tensors, quoted(path)))
            target.tensor.set_data(
                same_bits_usable(value) ? value : value.to(torch::kFloat32).contiguous());
        if (copied) {
            copied(*network);
            mapping->forget_pages();
        }
        return network;
    } catch (const CheckpointError& error) {
        throw PanelError(std::string("The expert \"") + expert.name + "\" cannot be loaded. " +
                         error.what());
    } catch (const std::invalid_argument& error) {
        throw PanelError(std::string("The expert \"") + expert.name + "\" cannot be loaded. " +
                         error.what());
    }
}

}  // namespace

std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel, const ExpertRecord& expert,
                                           bool check_digest) {
    return load(panel, expert, check_digest, {});
}

std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel, const ExpertRecord& expert,
                                           const std::function<void(ExpertNetwork&)>& copied) {
    return load(panel, expert, true, copied);
}

}  // namespace dfd
