// Writes a weight.pth and ema.state pair in the published layout, filled by formula.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace dfd::test {

/// Faults of the pair. Names are full ("0.baseline_extractor.stem.0.weight").
struct PublishedFaults {
    std::set<std::string> left_out{};      ///< tensors missing from weight.pth
    std::set<std::string> transposed{};    ///< stored with their sizes reversed in weight.pth
    std::set<std::string> not_a_number{};  ///< weight.pth: first element NaN
    std::set<std::string> negative{};      ///< weight.pth: first element -1
    std::string extra_tensor{};            ///< added to weight.pth, one float
    std::string average_not_a_number{};    ///< ema.state: first element infinite for this parameter
    std::string average_left_out{};        ///< missing from ema.state's list
    std::string average_transposed{};      ///< sizes reversed in ema.state
    int experts_in_ema = -1;               ///< -1: as many as in weight.pth
};

/// Raw tensors are filled under their full name; averages under "ema." + that, or under
/// `average_prefix` + the plain name if it is not empty. Tensors are marked "cuda:0". Includes
/// BatchNorm counters (integers), as torch saves them. Streams files of any size.
void write_published(const std::filesystem::path& weights, const std::filesystem::path& ema,
                     const std::vector<std::string>& architectures,
                     const PublishedFaults& faults = {}, const std::string& average_prefix = "");

}  // namespace dfd::test
