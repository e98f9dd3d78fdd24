// An opinion with the panel's reference combination.
// Internal to core/engine/studies.
#pragma once

#include "core/opinion/opinion.h"

namespace dfd {

/// The same experts with equal weights, without their maps. Versions and windows of a picture are
/// compared with this.
[[nodiscard]] inline PanelOpinion reference_of(PanelOpinion opinion) {
    for (auto& expert : opinion.experts) {
        expert.map.reset();
        expert.weight = 1;
    }
    combine(opinion);
    return opinion;
}

}  // namespace dfd
