// Several pictures at a time on a processor, a thread each (several experts at once: networks/
// side_by_side.h). Internal to core/engine; sees torch.
#pragma once

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cstdint>

namespace dfd {

/// Bounds the memory of what is computed side by side: pixels of all pictures together.
inline constexpr std::int64_t kPixelsSideBySide = 6'000'000;

/// How many pictures of `pixels` are best computed side by side: a thread each, or 1 where they are
/// large, and then all threads share each of its layers.
[[nodiscard]] inline std::int64_t pictures_side_by_side(std::int64_t pixels) {
    return std::clamp<std::int64_t>(kPixelsSideBySide / std::max<std::int64_t>(pixels, 1), 1,
                                    at::get_num_threads());
}

/// each(0) .. each(count - 1), without gradients, every one wholly on one thread. Threads that
/// share a layer wait for each other several hundred times a picture, which takes far longer than
/// the layers as soon as anything else runs on the machine; here they wait once. A single one is
/// computed by all threads. Blocks. Throws what one of the calls throws, when all have ended.
template <class Each>
void side_by_side(std::int64_t count, const Each& each) {
    at::parallel_for(0, count, 1, [&](std::int64_t from, std::int64_t to) {
        const torch::NoGradGuard no_gradients;
        for (auto i = from; i < to; ++i)
            each(i);
    });
}

}  // namespace dfd
