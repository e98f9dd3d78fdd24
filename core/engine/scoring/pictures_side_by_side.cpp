// Compiled with OpenMP. Without it LibTorch's parallel_for is a plain loop.
#include "core/engine/scoring/pictures_side_by_side.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace dfd {
namespace {

constexpr std::int64_t kPixels = 6'000'000;

}  // namespace

std::int64_t pictures_side_by_side(std::int64_t pixels) {
    return std::clamp<std::int64_t>(kPixels / std::max<std::int64_t>(pixels, 1), 1,
                                    at::get_num_threads());
}

void side_by_side(std::int64_t count, const std::function<void(std::int64_t)>& each) {
    at::parallel_for(0, count, 1, [&](std::int64_t from, std::int64_t to) {
        const c10::NoGradGuard no_gradients;
        for (auto i = from; i < to; ++i)
            each(i);
    });
}

}  // namespace dfd
