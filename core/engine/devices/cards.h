// Lists the NVIDIA GPUs by asking the driver, without linking it. Plain C++.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dfd {

struct Card {
    std::string name;          ///< "NVIDIA GeForce RTX 4090"
    std::uint64_t memory = 0;  ///< bytes
    int major = 0, minor = 0;  ///< compute capability
};

/// In CUDA's order; respects CUDA_VISIBLE_DEVICES. Empty when no driver is installed or no GPU
/// responds.
[[nodiscard]] std::vector<Card> driver_cards();

/// "compute capability 8.9, 25.3 GB"
[[nodiscard]] std::string card_detail(const Card& card);

}  // namespace dfd
