// Stub for builds without oneDNN: there is no executor, and networks run as LibTorch modules.
#include "core/networks/executor/trunk_executor.h"

namespace dfd {

class Workspace {};

std::shared_ptr<Workspace> make_workspace() {
    return nullptr;
}

std::string trunk_executor_name() {
    return "none";
}

bool bfloat16_is_native() {
    return false;
}

std::unique_ptr<TrunkExecutor> make_trunk_executor(const TrunkPlan&, bool, Kernels) {
    return nullptr;
}

}  // namespace dfd
