// Why an examination fails, and what memory it needs so that it does not.
// Internal to core/engine.
#pragma once

#include <cstdint>
#include <exception>

#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// Bytes of a picture's decoded pixels.
[[nodiscard]] constexpr std::uint64_t decoded_bytes(std::uint64_t pixels) {
    return 3 * pixels;
}

/// What makes an examination take more memory.
struct ExaminationNeeds {
    std::uint64_t decoder = 0;  ///< for each pixel, as decoder_bytes_per_pixel()
    bool whole = false;         ///< an expert reads every pixel at its own resolution
    bool maps = false;
};

/// Whether an expert of the panel reads every pixel of a large picture.
[[nodiscard]] bool reads_whole(const PanelRecord& panel, bool everywhere);

/// Bytes that examining a picture of this size takes at most, once the panel is loaded: its pixels,
/// and what decoding and scoring need besides.
[[nodiscard]] std::uint64_t bytes_to_examine(std::uint64_t pixels,
                                             const ExaminationNeeds& needs = {});

[[nodiscard]] Failure failure_of(const std::exception_ptr& error);

}  // namespace dfd
