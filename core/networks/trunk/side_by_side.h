// Several experts at once, each on its share of the processor's threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/networks/trunk/trunk_plan.h"

namespace dfd {

/// How many experts to run at once where one computation would use so many threads. Two threads on
/// one expert wait for each other at the end of every layer and share what a layer reads; one
/// thread on each of two experts does not.
[[nodiscard]] int experts_at_once(int threads);

/// What computing a trunk costs beside others, in operations of its dense convolutions: those of
/// its depthwise ones, which read much and compute little, count several times. 0 without a plan.
[[nodiscard]] double trunk_cost(const TrunkPlan& plan, std::int64_t height, std::int64_t width);

/// What each worker does, in its order; a worker may have nothing.
using Shares = std::vector<std::vector<std::size_t>>;

/// Divides tasks of these costs so that the worker with most to do has nearly as little as
/// possible: the dearest first to whom has least, then moves and exchanges as long as they help.
/// Every second worker does its own backwards: neighbours are often of one architecture, and two of
/// those at once would want the memory at the same moments.
[[nodiscard]] Shares share_out(std::span<const double> costs, int workers);

/// Calls run(task, worker) for every task, each worker's on a thread of its own (the first one's on
/// the calling thread), whose loops have an equal part of the calling thread's threads. Gradients
/// are off in all. Blocks; after the first exception no worker begins another task, and it is
/// thrown again when all have ended.
void run_side_by_side(const Shares& shares,
                      const std::function<void(std::size_t task, std::size_t worker)>& run);

}  // namespace dfd
