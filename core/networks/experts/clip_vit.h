// The image tower of CLIP (Radford et al. 2021): a vision transformer (Dosovitskiy et al. 2021);
// tensor names as in timm 1.0.8's vit_*_clip_quickgelu_*, but for the head.
#pragma once

#include "core/networks/experts/expert_network.h"

namespace dfd {

/// clip_vit_b16: 12 blocks of width 768 on 16 x 16 patches of a 224 x 224 picture. The feature map
/// is what enters the last block: its patches are the map and its class token the token. The pooled
/// features are the projected embedding, [N,512] with L2 norm 1; a linear classifier reads them.
/// Input policy: mean {0.48145466, 0.4578275, 0.40821073}, std {0.26862954, 0.26130258,
/// 0.27577711}.
[[nodiscard]] std::vector<Architecture> clip_vit_architectures();

}  // namespace dfd
