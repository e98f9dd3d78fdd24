// Computes several pictures at once on a CPU, with one thread each (for several experts at once see
// core/networks/trunk/side_by_side.h). Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <cstdint>
#include <functional>

namespace dfd {

/// How many pictures of `pixels` to compute side by side: one per thread, as long as all of them
/// together have at most six megapixels, which bounds memory. 1 when they are large; then all
/// threads share each layer.
[[nodiscard]] std::int64_t pictures_side_by_side(std::int64_t pixels);

/// Calls each(0) .. each(count - 1) without gradients, each call on one thread. Threads that share
/// a layer wait for each other several hundred times per picture, which takes far longer than the
/// layers as soon as anything else runs on the machine; here they wait once. All threads compute a
/// single call together; so they do for every call, one by one, in a build without OpenMP. Blocks.
/// When all calls have ended, throws what one of them threw.
void side_by_side(std::int64_t count, const std::function<void(std::int64_t)>& each);

}  // namespace dfd
