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
#include "core/networks/experts/head_tensors.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/experts/preprocess.h"
#include "core/panel/encoders.h"
#include "core/panel/safetensors.h"

namespace dfd {
namespace {

constexpr std::string_view kCounter = "num_batches_tracked";

std::string counted(std::size_t count, std::size_t of, const char* what) {
    return count > 1
               ? " (" + std::to_string(count) + " of " + std::to_string(of) + " are " + what + ")"
               : "";
}

/// Pairs each of the network's tensors (of its head) with its value, after all checks.
std::vector<std::pair<NamedTensor, torch::Tensor>> matched(ExpertNetwork& network,
                                                           const StateDict& tensors,
                                                           const std::string& where,
                                                           bool only_head = false) {
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
    auto wanted = named_tensors(network);
    if (only_head)
        std::erase_if(wanted, [](const NamedTensor& each) { return !in_head(each.name); });
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
    return policy.resize == Resize::Stretch ? stretched(rgb, policy.mean, policy.std, policy.size)
                                            : normalise(rgb, policy.mean, policy.std);
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

torch::Tensor as_float32(const torch::Tensor& value) {
    return same_bits_usable(value) ? value : value.to(torch::kFloat32).contiguous();
}

/// An error of a file as a sentence about the expert.
[[noreturn]] void refuse_expert(const ExpertRecord& expert, const char* problem) {
    throw PanelError("The expert \"" + expert.name + "\" cannot be loaded. " + problem);
}

std::shared_ptr<ExpertNetwork> load(const PanelRecord& panel, const ExpertRecord& expert,
                                    bool check_digest, Encoders& encoders,
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
        auto tensors = read_safetensors(mapping, path).tensors;
        auto where = quoted(path);
        if (!expert.encoder.empty()) {
            const auto shared = encoders.tensors(expert);
            tensors.insert(tensors.end(), shared.begin(), shared.end());
            where += " with its encoder";
        }
        const WithoutInitialValues replaced;
        auto network = make_network(expert.architecture);
        const torch::NoGradGuard no_gradients;
        for (auto& [target, value] : matched(*network, tensors, where))
            target.tensor.set_data(as_float32(value));
        if (copied) {
            copied(*network);
            mapping->forget_pages();
        }
        return network;
    } catch (const CheckpointError& error) {
        refuse_expert(expert, error.what());
    } catch (const std::invalid_argument& error) {
        refuse_expert(expert, error.what());
    }
}

}  // namespace

StateDict Encoders::tensors(const ExpertRecord& expert) {
    const std::lock_guard lock(loading_);
    if (const auto known = known_.find(expert.encoder); known != known_.end())
        return known->second;
    const auto path = find_encoder(expert);
    if (!path)
        throw PanelError(left_out_sentence({expert.name}));
    const InputFile file(*path);
    const auto mapping = file.map(0, file.size());
    if (sha256_hex({mapping->data(), mapping->size()}) != expert.encoder)
        throw PanelError(quoted(*path) +
                         " is not the encoder that its name says: its SHA-256 differs. It was "
                         "damaged or replaced; delete it and fetch it again with "
                         "packaging/setup.sh --encoder.");
    auto tensors = read_safetensors(mapping, *path).tensors;
    for (auto& [name, tensor] : tensors)
        if (tensor.is_floating_point())
            tensor = as_float32(tensor);
    return known_.emplace(expert.encoder, std::move(tensors)).first->second;
}

std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel, const ExpertRecord& expert,
                                           bool check_digest) {
    Encoders encoders;
    return load(panel, expert, check_digest, encoders, {});
}

std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel, const ExpertRecord& expert,
                                           Encoders& encoders) {
    return load(panel, expert, true, encoders, {});
}

std::shared_ptr<ExpertNetwork> load_expert(const PanelRecord& panel, const ExpertRecord& expert,
                                           Encoders& encoders,
                                           const std::function<void(ExpertNetwork&)>& copied) {
    return load(panel, expert, true, encoders, copied);
}

std::string head_problem(const PanelRecord& panel, const ExpertRecord& expert) try {
    const auto path = panel.folder / expert.file;
    const WithoutInitialValues replaced;
    (void)matched(*make_network(expert.architecture), read_safetensors(path).tensors, quoted(path),
                  /*only_head=*/true);
    return {};
} catch (const CheckpointError& error) {
    return error.what();
} catch (const PanelError& error) {
    return error.what();
}

}  // namespace dfd
