// From a network to its trunk's plan.
#pragma once

#include "core/networks/experts/expert_network.h"
#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// A network that tells what its `feature_map` computes when scoring.
class PlannedTrunk {
  public:
    PlannedTrunk() = default;
    PlannedTrunk(const PlannedTrunk&) = delete;
    PlannedTrunk& operator=(const PlannedTrunk&) = delete;
    virtual ~PlannedTrunk() = default;
    [[nodiscard]] virtual TrunkPlan trunk_plan() const = 0;
};

/// Empty where the network tells none: then it runs by its modules only.
[[nodiscard]] TrunkPlan trunk_plan_of(const ExpertNetwork& network);

}  // namespace dfd
