// The registry of expert architectures.
#include <algorithm>
#include <stdexcept>

#include "core/base/text.h"
#include "core/networks/experts/clip_vit.h"
#include "core/networks/experts/convnext_v2.h"
#include "core/networks/experts/efficientnet.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/trace_network.h"

namespace dfd {

const std::vector<Architecture>& architectures() {
    static const std::vector<Architecture> registry = [] {
        std::vector<Architecture> all;
        for (const auto& family : {convnext_v2_architectures(), efficientnet_architectures(),
                                   clip_vit_architectures(), trace_architectures()})
            all.insert(all.end(), family.begin(), family.end());
        return all;
    }();
    return registry;
}

const Architecture& find_architecture(const std::string& name) {
    const auto& all = architectures();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
    if (found != all.end())
        return *found;
    throw std::invalid_argument("Unknown expert architecture \"" + name + "\"; use " +
                                joined(all, ", ", &Architecture::name) + ".");
}

torch::Tensor unstacked(const torch::Tensor& stacked, std::int64_t rows) {
    TORCH_CHECK(
        stacked.dim() == 4 && stacked.size(0) == 1 && rows > 0 && stacked.size(2) % rows == 0,
        "Windows are stacked as [1,C,n*rows,W], not ", stacked.sizes());
    const auto count = stacked.size(2) / rows;
    return stacked.reshape({stacked.size(1), count, rows, stacked.size(3)})
        .transpose(0, 1)
        .contiguous();
}

torch::Tensor stacked(const torch::Tensor& windows) {
    const auto count = windows.size(0), rows = windows.size(2);
    return windows.transpose(0, 1).reshape({1, windows.size(1), count * rows, windows.size(3)});
}

FeatureMap ExpertNetwork::feature_map_of_windows(const torch::Tensor& windows, std::int64_t rows) {
    const auto map = feature_map(unstacked(windows, rows)).map;
    return {stacked(map), {}, map.size(2)};
}

std::shared_ptr<ExpertNetwork> make_network(const std::string& architecture,
                                            const NetworkOptions& options) {
    auto network = find_architecture(architecture).make(options);
    network->eval();
    return network;
}

std::vector<NamedTensor> named_tensors(ExpertNetwork& network) {
    std::vector<NamedTensor> all;
    for (auto& item : network.named_parameters())
        all.push_back({item.key(), item.value(), true});
    for (auto& item : network.named_buffers())
        if (!item.key().ends_with("num_batches_tracked"))
            all.push_back({item.key(), item.value(), false});
    return all;
}

}  // namespace dfd
