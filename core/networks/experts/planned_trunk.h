// Interface of networks that describe their trunk as a plan.
#pragma once

#include "core/networks/experts/expert_network.h"
#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// A network that can describe what its `feature_map` computes in eval mode.
class PlannedTrunk {
  public:
    PlannedTrunk() = default;
    PlannedTrunk(const PlannedTrunk&) = delete;
    PlannedTrunk& operator=(const PlannedTrunk&) = delete;
    virtual ~PlannedTrunk() = default;
    [[nodiscard]] virtual TrunkPlan trunk_plan() const = 0;
};

/// Empty when the network has no plan; it can then only run as modules.
[[nodiscard]] TrunkPlan trunk_plan_of(const ExpertNetwork& network);

}  // namespace dfd
