// Splits the published pair weight.pth + ema.state into experts. Depends on torch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/checkpoint/torch_checkpoint.h"
#include "core/networks/experts/expert_network.h"

namespace dfd {

/// One tensor of an architecture, without its values.
struct TensorShape {
    std::string name;
    std::vector<std::int64_t> shape;
    bool parameter = true;
};
/// All tensors of an architecture, in registration order.
struct Blueprint {
    const Architecture* architecture = nullptr;
    std::vector<TensorShape> tensors;
    std::size_t parameters = 0;  ///< how many of the tensors are parameters; they come first
};

/// Built once per architecture and process. Throws std::invalid_argument for an unknown one.
[[nodiscard]] const Blueprint& blueprint_of(const std::string& architecture);

/// One expert of weight.pth, recognised but not folded yet.
struct RawExpert {
    const Blueprint* blueprint = nullptr;
    std::map<std::string, torch::Tensor> tensors;  ///< below "<i>.baseline_extractor."
};

/// Groups the tensors by expert and recognises each expert by its tensors' names and shapes.
/// `where` (a quoted path) begins each error sentence. Throws PanelError for a stray name, a gap in
/// the numbers, or the first missing, unexpected or misshapen tensor compared with the most similar
/// architecture.
[[nodiscard]] std::vector<RawExpert> recognise_experts(StateDict weights, const std::string& where);

/// Checks that ema.state has exactly these experts, each with the right number and shapes of
/// averages. Throws PanelError.
void check_ema(const std::vector<RawExpert>& experts, const std::map<std::int64_t, EmaState>& ema,
               const std::string& where);

/// The tensors used for scoring: averages for parameters, weight.pth for BatchNorm statistics;
/// float32. Checks every number of both sources. Throws PanelError.
[[nodiscard]] StateDict folded(const RawExpert& expert, const EmaState& ema, std::size_t index,
                               const std::string& weights_name, const std::string& ema_name);

}  // namespace dfd
