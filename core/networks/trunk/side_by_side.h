// Runs several experts at once, each on a share of the CPU's threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// How many experts to run concurrently instead of giving all `threads` to one. Two threads on one
/// expert wait for each other after every layer and compete for the layer's data; one thread on
/// each of two experts does not.
[[nodiscard]] int experts_at_once(int threads);

/// Relative cost of a trunk, in operations of dense convolutions. Those of depthwise convolutions,
/// which are memory-bound, count several times. 0 without a plan.
[[nodiscard]] double trunk_cost(const TrunkPlan& plan, std::int64_t height, std::int64_t width);

/// The tasks of each worker, in order; may be empty.
using Shares = std::vector<std::vector<std::size_t>>;

/// Divides tasks among workers by longest-processing-time scheduling, improved by moves and swaps,
/// so that the largest load is close to minimal. Every second worker runs its tasks in reverse
/// order: neighbouring tasks often have the same architecture, and running them at the same time
/// would saturate memory at the same moments.
[[nodiscard]] Shares share_out(std::span<const double> costs, int workers);

/// Calls run(task, worker) for every task. Each worker has its own thread (the first uses the
/// calling thread), whose loops get an equal share of the calling thread's threads. Gradients are
/// disabled. Blocks. After the first exception no worker starts another task; it is rethrown when
/// all have finished.
void run_side_by_side(const Shares& shares,
                      const std::function<void(std::size_t task, std::size_t worker)>& run);

}  // namespace dfd
