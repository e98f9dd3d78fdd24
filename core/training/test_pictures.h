// Pictures to measure on: crops of photographs, untouched and edited in every way.
#pragma once

#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/picture/picture.h"
#include "core/training/edits.h"
#include "core/training/photo_library.h"

namespace dfd {

struct TestOptions {
    std::uint64_t seed = 1;
    int side = 640;     ///< crops are at most this wide and high; native resolution
    int untouched = 2;  ///< publications a photograph: each gives one untouched picture, and the
                        ///< edited ones take turns with them
};

struct TestPicture {
    cv::Mat bgr;                   ///< published, 8-bit
    cv::Mat mask;                  ///< 255 where edited; empty for an untouched picture
    std::optional<EditKind> kind;  ///< none: untouched
    const Photo* photo = nullptr;
    std::size_t photo_index = 0;  ///< in the list that was given
};

/// Calls `use` for every picture in order, from the calling thread. The same options and
/// photographs always give the same pictures. Checks `stop` between pictures (throws Cancelled).
void for_each_test_picture(const std::vector<const Photo*>& photos, const TestOptions& options,
                           const std::function<void(const TestPicture&)>& use,
                           std::stop_token stop = {});

/// 8-bit BGR to the plain RGB pixels that experts are given.
[[nodiscard]] Pixels to_pixels(const cv::Mat& bgr);

}  // namespace dfd
