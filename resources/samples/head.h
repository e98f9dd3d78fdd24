// Model of a human head as a signed distance field, with skin, eyes and hair.
#pragma once

#include "resources/samples/scene.h"

namespace dfd::samples {

struct Look {
    Vec skin{0.78F, 0.55F, 0.43F};
    Vec lips{0.56F, 0.2F, 0.19F};
    Vec hair{0.09F, 0.05F, 0.03F};
    Vec iris{0.16F, 0.28F, 0.2F};
    Vec cloth{0.12F, 0.2F, 0.28F};
    float jaw = 1;    ///< width of the lower face
    float nose = 1;   ///< length of the nose
    float mouth = 1;  ///< fullness of the lips
    float brow = 0;   ///< height of the brows
    float age = 0;    ///< 0..1, folds and freckles
    bool long_hair = true;
    std::uint64_t seed = 1;
};

/// Adds the head to the scene: chin at about y = -1, crown at about 1.2, facing +z; then turned by
/// `yaw` (radians) and moved to `at`.
void add_head(Scene& scene, const Look& look, float yaw, Vec at);

}  // namespace dfd::samples
