// Reads files written by torch.save as data: nothing in them is ever executed.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dfd {

/// The message is one sentence: the file, the tensor, the problem and what to do.
class CheckpointError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Tensors in file order. Their storage may be a private mapping of the file, which the tensors
/// keep alive.
using StateDict = std::vector<std::pair<std::string, torch::Tensor>>;

/// The entry of one expert in ema.state.
struct EmaState {
    double decay = 0;
    std::optional<std::int64_t> updates;
    std::vector<torch::Tensor> shadow;  ///< in parameter order; without buffers
};

/// Called while records are checked, with bytes done, bytes in total and the name of the current
/// tensor. May throw to stop.
using ReadProgress =
    std::function<void(std::uint64_t done, std::uint64_t total, const std::string& tensor)>;

/// Reads weight.pth: an OrderedDict or dict of tensors, in the zip or legacy container, saved from
/// any device. Sizes, offsets and strides are checked first, and in the zip container the CRC-32 of
/// every record that has one. Throws CheckpointError.
[[nodiscard]] StateDict read_state_dict(const std::filesystem::path& file,
                                        const ReadProgress& progress = {});

/// Reads ema.state: {index: {decay, num_updates, shadow_params, collected_params}}. Ignores
/// collected_params. Throws CheckpointError.
[[nodiscard]] std::map<std::int64_t, EmaState> read_ema_state(const std::filesystem::path& file,
                                                              const ReadProgress& progress = {});

}  // namespace dfd
