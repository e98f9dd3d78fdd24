#include "core/training/experts/foreign_names.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace dfd {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 5> kOutsideBlocks{{{"conv_stem", "_conv_stem"},
                                              {"bn1", "_bn0"},
                                              {"conv_head", "_conv_head"},
                                              {"bn2", "_bn1"},
                                              {"classifier", "_fc"}}};
constexpr std::array<Pair, 8> kExpandingBlock{{{"conv_pw", "_expand_conv"},
                                               {"bn1", "_bn0"},
                                               {"conv_dw", "_depthwise_conv"},
                                               {"bn2", "_bn1"},
                                               {"se.conv_reduce", "_se_reduce"},
                                               {"se.conv_expand", "_se_expand"},
                                               {"conv_pwl", "_project_conv"},
                                               {"bn3", "_bn2"}}};
constexpr std::array<Pair, 6> kSeparableBlock{{{"conv_dw", "_depthwise_conv"},
                                               {"bn1", "_bn1"},
                                               {"se.conv_reduce", "_se_reduce"},
                                               {"se.conv_expand", "_se_expand"},
                                               {"conv_pw", "_project_conv"},
                                               {"bn2", "_bn2"}}};

/// The layer's other name followed by the rest (".weight"), or "" for an unknown layer.
template <std::size_t N>
std::string translated(const std::array<Pair, N>& layers, std::string_view name) {
    for (const auto& [ours, theirs] : layers)
        if (name.starts_with(ours) && name.substr(ours.size()).starts_with("."))
            return std::string(theirs) + std::string(name.substr(ours.size()));
    return {};
}

/// "blocks.S.B." of a tensor in a block, or "".
std::string block_of(const std::string& name) {
    if (!name.starts_with("blocks."))
        return {};
    const auto stage = name.find('.', 7);
    const auto block = stage == std::string::npos ? stage : name.find('.', stage + 1);
    return block == std::string::npos ? std::string() : name.substr(0, block + 1);
}

}  // namespace

std::map<std::string, std::string> efficientnet_pytorch_names(
    const std::vector<std::string>& names) {
    const std::set<std::string> all(names.begin(), names.end());
    std::vector<std::string> blocks;  // in the network's order, so the index is N
    std::map<std::string, std::string> to_timm;
    for (const auto& name : names) {
        const auto block = block_of(name);
        std::string other;
        if (block.empty()) {
            other = translated(kOutsideBlocks, name);
        } else {
            auto known = std::ranges::find(blocks, block);
            if (known == blocks.end())
                known = blocks.insert(blocks.end(), block);
            const auto inside = std::string_view(name).substr(block.size());
            other = all.contains(block + "conv_pwl.weight") ? translated(kExpandingBlock, inside)
                                                            : translated(kSeparableBlock, inside);
            if (!other.empty())
                other = "_blocks." + std::to_string(known - blocks.begin()) + "." + other;
        }
        if (other.empty())
            return {};
        to_timm.emplace(std::move(other), name);
    }
    return to_timm;
}

}  // namespace dfd
