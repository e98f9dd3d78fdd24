#include "tests/panel/published_writer.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "tests/checkpoint/torch_writer.h"

namespace dfd::test {
namespace {

struct Item {
    std::string name;  ///< full name
    torch::ScalarType type{};
    std::vector<std::int64_t> sizes;
};

std::string prefix(std::size_t index) {
    return std::to_string(index) + ".baseline_extractor.";
}

std::int64_t elements(const Item& item) {
    std::int64_t count = 1;
    for (const auto size : item.sizes)
        count *= size;
    return count;
}

std::string described(const Item& item, std::size_t key, bool transposed) {
    auto sizes = item.sizes;
    if (transposed)
        std::ranges::reverse(sizes);
    return op::tensor(std::to_string(key), op::storage_class(item.type), elements(item), 0, sizes,
                      op::contiguous_strides(sizes));
}

/// Names and shapes of one expert: its parameters, then its statistics, then its counters.
std::vector<Item> items_of(ExpertNetwork& network, std::size_t index, bool parameters_only) {
    std::vector<Item> items;
    for (const auto& tensor : named_tensors(network))
        if (tensor.parameter || !parameters_only)
            items.push_back(
                {prefix(index) + tensor.name, torch::kFloat32, tensor.tensor.sizes().vec()});
    if (!parameters_only)
        for (const auto& buffer : network.named_buffers())
            if (buffer.key().ends_with("num_batches_tracked"))
                items.push_back({prefix(index) + buffer.key(), torch::kInt64, {}});
    return items;
}

void add(TorchZipWriter& out, std::size_t& key, torch::Tensor values) {
    values = values.contiguous();
    out.add("data/" + std::to_string(key++), values.data_ptr(), values.nbytes());
}

}  // namespace

void write_published(const std::filesystem::path& weights, const std::filesystem::path& ema,
                     const std::vector<std::string>& architectures, const PublishedFaults& faults,
                     const std::string& average_prefix) {
    const torch::NoGradGuard no_gradients;
    const auto count = architectures.size();
    const auto averaged =
        faults.experts_in_ema < 0 ? count : static_cast<std::size_t>(faults.experts_in_ema);
    // Pickles come first in the files, so all shapes must be known before any data.
    std::string weight_items, ema_items;
    std::size_t weight_key = 0, ema_key = 0;
    std::vector<std::vector<Item>> items, averages;
    for (std::size_t i = 0; i < count; ++i) {
        const auto network = make_network(architectures[i]);
        items.emplace_back();
        for (auto& item : items_of(*network, i, false))
            if (!faults.left_out.contains(item.name)) {
                weight_items +=
                    op::text(item.name) +
                    described(item, weight_key++, faults.transposed.contains(item.name));
                items.back().push_back(std::move(item));
            }
        averages.emplace_back();
        std::string list;
        for (auto& item : items_of(*network, i, true))
            if (i < averaged && item.name != faults.average_left_out) {
                list += described(item, ema_key++, item.name == faults.average_transposed);
                averages.back().push_back(std::move(item));
            }
        if (i < averaged)
            ema_items += op::integer(static_cast<std::int64_t>(i)) + "}(" + op::text("decay") +
                         op::real(0.995) + op::text("num_updates") +
                         (i % 2 == 0 ? op::integer(1234) : "N") + op::text("shadow_params") + "](" +
                         list + "e" + op::text("collected_params") + "Nu";
    }
    const auto extra_key = weight_key;
    if (!faults.extra_tensor.empty())
        weight_items += op::text(faults.extra_tensor) +
                        op::tensor(std::to_string(extra_key), torch::kFloat32, {1});

    TorchZipWriter weight_file(weights), ema_file(ema);
    weight_file.add("data.pkl", op::state_dict(weight_items));
    ema_file.add("data.pkl", op::kStart + "}(" + ema_items + "u.");
    weight_key = ema_key = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto network = make_network(architectures[i]);
        fill_by_formula(*network, architectures[i], prefix(i), prefix(i));
        auto values = network->named_parameters();
        const auto buffers = network->named_buffers();
        for (const auto& item : items[i]) {
            const auto name = item.name.substr(prefix(i).size());
            auto value = (values.contains(name) ? values[name] : buffers[name]).clone();
            if (faults.not_a_number.contains(item.name))
                value.view(-1)[0] = std::numeric_limits<float>::quiet_NaN();
            if (faults.negative.contains(item.name))
                value.view(-1)[0] = -1;
            add(weight_file, weight_key, value);
        }
        const auto averages_prefix = average_prefix.empty() ? "ema." + prefix(i) : average_prefix;
        fill_by_formula(*network, architectures[i], averages_prefix, prefix(i));
        for (const auto& item : averages[i]) {
            auto value = values[item.name.substr(prefix(i).size())].clone();
            if (item.name == faults.average_not_a_number)
                value.view(-1)[0] = std::numeric_limits<float>::infinity();
            add(ema_file, ema_key, value);
        }
    }
    if (!faults.extra_tensor.empty())
        add(weight_file, weight_key, torch::zeros({1}));
    weight_file.finish();
    ema_file.finish();
}

}  // namespace dfd::test
