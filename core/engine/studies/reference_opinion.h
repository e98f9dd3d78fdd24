// An opinion as the panel itself combines it.
// Internal to core/engine/studies.
#pragma once

#include "core/opinion/opinion.h"

namespace dfd {

/// The same experts, all counting alike, without their maps: what versions and windows of a picture
/// are compared with.
[[nodiscard]] inline PanelOpinion reference_of(PanelOpinion opinion) {
    for (auto& expert : opinion.experts) {
        expert.map.reset();
        expert.weight = 1;
    }
    combine(opinion);
    return opinion;
}

}  // namespace dfd
