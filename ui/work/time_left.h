// How long a queue will still take.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/engine/examine/time_left.h"

namespace dfd::ui {

/// Where a queue stands; times in seconds.
struct QueuePace {
    int done = 0;
    int waiting = 0;        ///< includes what is being worked on
    double spent = 0;       ///< from the start until the last one was done
    double since_last = 0;  ///< from then until now
};

/// Seconds left at the pace so far. Empty until one is done, and while the last ones take longer
/// than that: a large picture may follow small ones, and then the rest cannot be estimated.
[[nodiscard]] inline std::optional<double> time_left(const QueuePace& queue) {
    if (queue.done <= 0 || queue.waiting <= 0)
        return std::nullopt;
    const double pace = queue.spent / queue.done;
    // The one being worked on takes at least as long as it has taken.
    const double now = pace - queue.since_last > 0 ? pace - queue.since_last : 0;
    const double left = now + pace * (queue.waiting - 1);
    return left > 0 ? std::optional(left) : std::nullopt;
}

/// The same of an estimate: `all` seconds for the pictures that waited, the one being worked on
/// included, when the last one was done.
[[nodiscard]] inline std::optional<double> time_left(
    std::optional<double> all, std::int64_t waiting, TimeLeft::Clock::time_point last,
    TimeLeft::Clock::time_point now = TimeLeft::Clock::now()) {
    if (!all || waiting <= 0)
        return std::nullopt;
    const double since = std::chrono::duration<double>(now - last).count();
    const auto pictures = static_cast<double>(waiting);
    // Late: then the one being worked on is not known, but the others are still to come.
    const double left = std::max(*all - since, *all * (pictures - 1) / pictures);
    return left > 0 ? std::optional(left) : std::nullopt;
}

/// The same for pictures, by their megapixels. `pace` has those that are done; `bytes` are those of
/// the files that wait, the one being worked on included; `last` is when the last one was done.
[[nodiscard]] inline std::optional<double> time_left(
    const TimeLeft& pace, std::uint64_t bytes, int waiting, TimeLeft::Clock::time_point last,
    TimeLeft::Clock::time_point now = TimeLeft::Clock::now()) {
    return time_left(pace.seconds(bytes, last), waiting, last, now);
}

}  // namespace dfd::ui
