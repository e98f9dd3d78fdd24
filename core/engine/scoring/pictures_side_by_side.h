// Several pictures at a time on a processor, a thread each (several experts at once:
// core/networks/trunk/side_by_side.h). Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <cstdint>
#include <functional>

namespace dfd {

/// How many pictures of `pixels` are best computed side by side: a thread each, as long as all of
/// them together have at most six megapixels, which bounds memory; or 1 where they are large, and
/// then all threads share each of its layers.
[[nodiscard]] std::int64_t pictures_side_by_side(std::int64_t pixels);

/// each(0) .. each(count - 1), without gradients, every one wholly on one thread. Threads that
/// share a layer wait for each other several hundred times a picture, which takes far longer than
/// the layers as soon as anything else runs on the machine; here they wait once. A single one is
/// computed by all threads, and in a build without OpenMP all are, one by one. Blocks. Throws what
/// one of the calls throws, when all have ended.
void side_by_side(std::int64_t count, const std::function<void(std::int64_t)>& each);

}  // namespace dfd
