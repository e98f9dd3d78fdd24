// Scores a list of pictures of any length and delivers the results in order.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/engine/examine/examiner.h"

namespace dfd {

struct StreamCounts {
    std::size_t scored = 0;
    std::size_t failed = 0;
    /// Whether every picture was scored or failed.
    bool complete = true;
};

/// Receives a picture that was scored (explained, with maps) or failed, and how many are done.
using StreamTaker = std::function<void(const Examination&, std::size_t done)>;

/// Blocks until every picture is scored or failed, or `stop` is requested; a request takes effect
/// within half a second (the running expert is abandoned: examiner.h). `take` is called once per
/// picture, in the order of `pictures`, one call at a time, on another thread, but not for pictures
/// that were stopped. Memory is bounded for any number of pictures: only a few batches are in
/// progress. An exception from `take` ends the stream and is rethrown here.
StreamCounts score_stream(const std::shared_ptr<Evaluator>& evaluator,
                          const ExaminerOptions& options,
                          const std::vector<std::filesystem::path>& pictures,
                          const StreamTaker& take, const std::stop_token& stop);

}  // namespace dfd
