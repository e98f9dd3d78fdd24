// A list of pictures of any length through an evaluator, results in order.
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
    /// Not stopped before the last picture.
    bool complete = true;
};

/// A picture that was scored (explained, with maps) or failed, and how many of them are done.
using StreamTaker = std::function<void(const Examination&, std::size_t done)>;

/// Blocks until every picture is scored or failed, or `stop` was requested; a request ends it after
/// the expert that is running. `take` is called once a picture, in the order of `pictures`, one
/// call at a time, on another thread; pictures that were stopped are not mentioned. Memory is
/// bounded whatever the number of pictures: a few batches are under way. What `take` throws ends
/// the stream and is thrown from here.
StreamCounts score_stream(const std::shared_ptr<Evaluator>& evaluator,
                          const ExaminerOptions& options,
                          const std::vector<std::filesystem::path>& pictures,
                          const StreamTaker& take, const std::stop_token& stop);

}  // namespace dfd
