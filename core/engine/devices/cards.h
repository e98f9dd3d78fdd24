// What the NVIDIA driver says of its cards, asked without linking it. Plain C++.
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

/// In CUDA's order, CUDA_VISIBLE_DEVICES respected. Empty where no driver is installed or none of
/// its cards answers.
[[nodiscard]] std::vector<Card> driver_cards();

/// "compute capability 8.9, 25.3 GB"
[[nodiscard]] std::string card_detail(const Card& card);

}  // namespace dfd
