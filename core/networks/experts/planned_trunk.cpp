#include "core/networks/experts/planned_trunk.h"

namespace dfd {

TrunkPlan trunk_plan_of(const ExpertNetwork& network) {
    const auto* planned = dynamic_cast<const PlannedTrunk*>(&network);
    return planned == nullptr ? TrunkPlan{} : planned->trunk_plan();
}

}  // namespace dfd
