// Files written by torch.save, read as data: nothing in them is ever executed.
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

/// One sentence: which file, which tensor, what is wrong, what to do.
class CheckpointError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Tensors in file order. Storage may be a private mapping of the file that the tensors keep alive.
using StateDict = std::vector<std::pair<std::string, torch::Tensor>>;

/// One expert's entry of ema.state.
struct EmaState {
    double decay = 0;
    std::optional<std::int64_t> updates;
    std::vector<torch::Tensor> shadow;  ///< in parameter order; parameters only
};

/// Called while records are checked: bytes done, bytes in all, the record's tensor. May throw to
/// stop.
using ReadProgress =
    std::function<void(std::uint64_t done, std::uint64_t total, const std::string& tensor)>;

/// weight.pth: an OrderedDict (or dict) of tensors, zip or legacy container, any location.
/// Every record's CRC-32, size, offset and stride is checked first. Throws CheckpointError.
[[nodiscard]] StateDict read_state_dict(const std::filesystem::path& file,
                                        const ReadProgress& progress = {});

/// ema.state: {index: {decay, num_updates, shadow_params, collected_params}}; collected_params is
/// ignored. Throws CheckpointError.
[[nodiscard]] std::map<std::int64_t, EmaState> read_ema_state(const std::filesystem::path& file,
                                                              const ReadProgress& progress = {});

}  // namespace dfd
