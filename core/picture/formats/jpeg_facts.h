// How a JPEG was compressed, from its header alone. Plain C++.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace dfd {

/// What the quantisation tables and the frame's header of a JPEG say.
struct JpegFacts {
    /// 1..100: the IJG setting whose scaled standard table for luminance (ITU-T T.81, K.1) has the
    /// same sum; other encoders' tables get the nearest.
    double quality = 0;
    /// Luminance samples for each chrominance sample: 1 (4:4:4), 2 (4:2:2), 4 (4:2:0); 1 for grey.
    int subsampling = 1;
    int components = 0;  ///< 1 grey, 3 colour, 4 print colours
    /// Every table used is K.1 (luminance) or K.2 (chrominance) scaled to `quality`, entry by
    /// entry.
    bool standard_tables = false;
    bool progressive = false;
    /// Sampling factors of luminance relative to chrominance, across and down: 2 and 2 for 4:2:0.
    int across = 1;
    int down = 1;
};
/// Reads the markers before the first scan. Nothing for other formats and for damaged headers.
[[nodiscard]] std::optional<JpegFacts> jpeg_facts(std::span<const std::uint8_t> bytes);

}  // namespace dfd
