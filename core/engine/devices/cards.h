// Lists the NVIDIA GPUs by asking the driver, without linking it. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/devices/devices.h"

namespace dfd {

struct Card {
    std::string name;          ///< "NVIDIA GeForce RTX 4090"
    std::uint64_t memory = 0;  ///< bytes
    int major = 0, minor = 0;  ///< compute capability
};

/// In CUDA's order; respects CUDA_VISIBLE_DEVICES. Empty when no driver is installed or no GPU
/// responds.
[[nodiscard]] std::vector<Card> driver_cards();

/// Why LibTorch for cards cannot compute on this one, as the end of a sentence; empty when it can.
/// It holds machine code for some compute capabilities and nothing that the driver could compile
/// for others (packaging/gpu-libtorch.txt).
[[nodiscard]] std::string why_unusable(const Card& card);

/// The GPUs that can score, of the first `seen`, which LibTorch sees. Each keeps its number.
[[nodiscard]] std::vector<DeviceInfo> usable_cards(const std::vector<Card>& cards,
                                                   std::size_t seen);

/// A sentence for each of the driver's GPUs that cannot score. Empty for a LibTorch without CUDA.
[[nodiscard]] std::vector<std::string> unusable_cards();

/// The GPU of a DeviceInfo::id, "cuda:1". Nothing for a CPU.
[[nodiscard]] std::optional<Card> card_of(const std::string& device_id);

/// Whether the GPU multiplies bfloat16 itself: from compute capability 8.0 on.
[[nodiscard]] bool multiplies_bfloat16(const Card& card);

/// "compute capability 8.9, 25.3 GB"
[[nodiscard]] std::string card_detail(const Card& card);

}  // namespace dfd
